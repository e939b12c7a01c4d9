"""The server: its state, starting and stopping it."""
