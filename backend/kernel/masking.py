"""Email addresses and phone numbers that may be told to somebody whose they are not."""

LONG = 4  # characters: from here on the last one is told, too


def mask_email(email: str) -> str:
    """Return what lets its owner recognize an address and nobody read it, such as "n…@…". It was typed by somebody who
    may be a stranger, so nothing more of it is mailed.
    """
    return f"{_find_letter(email[:1])}…@…"


def hint_at_email(email: str) -> str:
    """Return what lets its owner tell an address from their others, such as "a…e@e….com" of ada.lovelace@example.com.

    For whoever has shown the first factor of a log-in. Of those who did not have to know the address for that, or its
    mailbox, there is only whoever has found a security key: this does not tell them whose it is.
    """
    local, _, domain = email.rpartition("@")
    last = _find_letter(local[-1:]) if len(local) >= LONG else ""
    name, dot, top = domain.rpartition(".")
    return f"{_find_letter(local[:1])}…{last}@{_find_letter((name or top)[:1])}…{dot}{top if dot else ''}"


def hint_at_phone(phone: str) -> str:
    """Return what lets its owner tell a number from their others, such as "+49…78", for the same as `hint_at_email`."""
    return f"{phone[:3]}…{phone[-2:]}"


def _find_letter(character: str) -> str:
    return character if character.isalnum() else ""
