"""What runs beside requests: delivery of mail and the clean-up of expired rows."""
