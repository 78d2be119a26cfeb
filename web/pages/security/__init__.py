"""Security: how one logs in, each thing with its state and one link."""
