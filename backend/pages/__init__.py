"""The few pages of the backend's own: the mailed link's button, and the outbox of a machine without a mail server."""
