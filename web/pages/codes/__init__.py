"""The code of a mailed link, typed in the browser that asked for the mail."""
