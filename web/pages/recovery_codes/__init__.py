"""Recovery codes: seen, kept, and made anew."""
