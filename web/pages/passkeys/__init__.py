"""Passkeys: logging in with one, and the person's own list of them."""
