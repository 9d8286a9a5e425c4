"""The loopback server between a client and the gateway."""
