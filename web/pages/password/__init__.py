"""Passwords: a new one for a forgotten one, by a mailed link, and the change of one's own."""
