"""The history of the account."""
