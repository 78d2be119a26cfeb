"""The rules: accounts, sessions, link keys and access tokens. They know neither HTTP nor SQL."""
