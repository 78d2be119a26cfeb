"""The site: the account pages. It knows the contract (`web/api/client.py`), never the backend behind it."""
