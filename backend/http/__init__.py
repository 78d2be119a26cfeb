"""What every endpoint shares: the envelope, shapes of JSON, bounds on bodies, pages of the backend's own."""
