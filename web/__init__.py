"""The site: the account pages. It knows the contract (`web/altogic.py`), never the backend behind it."""
