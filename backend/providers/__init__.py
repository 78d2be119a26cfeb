"""Providers: accounts elsewhere, by which people log in. What is sent there, and what is believed of the answers."""
