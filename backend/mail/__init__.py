"""Letters to people, and the SMTP that carries them."""
