"""Starting a client with a private, correct environment."""
