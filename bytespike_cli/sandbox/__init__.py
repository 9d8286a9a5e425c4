"""The emulator of the gateway: dialects and faults as data."""
