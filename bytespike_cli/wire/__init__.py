"""The protocol as pure functions and small state machines: no I/O, no third-party import."""
