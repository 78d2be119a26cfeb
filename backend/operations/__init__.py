"""What an operator runs by hand: copies of the database, checks before a start."""
