"""The local journal of tasks: what was asked for, before it is sent, and what became of it."""
