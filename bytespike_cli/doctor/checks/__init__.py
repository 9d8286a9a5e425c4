"""One file for each family of checks, with its `CHECKS`."""
