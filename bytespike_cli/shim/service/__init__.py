"""The long-lived shim: one for each user, for IDEs and shells."""
