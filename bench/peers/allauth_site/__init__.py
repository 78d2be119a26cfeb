"""Account pages by django-allauth, in an environment of their own: `make bench-peers` installs it."""
