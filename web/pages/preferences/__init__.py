"""Language and time zone."""
