"""The rules of accounts, sessions, links and files: no HTTP, no SQL."""
