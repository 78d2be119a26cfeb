"""The ways in and out: home, registration, log-in, login link, log-out."""
