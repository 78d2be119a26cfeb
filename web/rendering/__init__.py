"""Pages and fragments from templates."""
