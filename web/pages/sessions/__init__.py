"""The list of sessions, their labels and ends."""
