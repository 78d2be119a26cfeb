"""Two-step verification: the second step of a log-in, and the authenticator app."""
