"""Passwords: a new one for a forgotten one, by a mailed link."""
