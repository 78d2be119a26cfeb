"""The profile page: name and photo."""
