"""Email addresses that may be told to somebody whose they are not."""


def mask_email(email: str) -> str:
    """Return what lets its owner recognize an address and nobody read it, such as "n…@…". It was typed by somebody who
    may be a stranger, so nothing more of it is mailed.
    """
    return f"{email[0] if email[:1].isalnum() else ''}…@…"
