"""The address of the signed-in person, and a new one that waits to be confirmed."""
