"""Logging in with providers: GitHub, Google and the like, to which the browser goes and from which it comes back."""
