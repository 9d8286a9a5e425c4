"""Explains errors that people paste: a pure reading of text, on top of the causes of wire/."""
