"""The click commands: thin. Parse, call one function of the core, render."""
