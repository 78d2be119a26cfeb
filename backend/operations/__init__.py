"""Operations: copies of the database, and checks before a start."""
