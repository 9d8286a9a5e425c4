"""bytespike: any Gemini client works on ByteSpike, unmodified, at the first try."""

__version__ = "0.1.0"
