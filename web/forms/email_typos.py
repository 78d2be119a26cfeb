"""Suggestions for email addresses whose domain has a typo."""

from itertools import takewhile

LARGE = (
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "live.com", "aol.com",
    "proton.me", "gmx.net", "gmx.de", "web.de", "t-online.de", "freenet.de",
)  # fmt: skip
REAL = (
    "mail.com",
    "ymail.com",
    "gmx.com",
    "gmx.at",
    "gmx.ch",
    "email.com",
)  # no typos


def correct_address(email: str) -> str:
    """Return the address with the domain that `suggest_domain` finds, or "" where it finds none."""
    domain = suggest_domain(email)
    return f"{email.rpartition('@')[0]}@{domain}" if domain else ""


def suggest_domain(email: str) -> str:
    """Return the domain of a large provider that is one typo away from the address's own, or ""."""
    domain = email.rpartition("@")[2].lower()
    if domain in (*LARGE, *REAL):
        return ""
    return next((known for known in LARGE if _is_one_typo(domain, known)), "")


def _is_one_typo(typed: str, meant: str) -> bool:
    """Whether one letter is wrong, extra or missing, or two letters are swapped."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(typed, meant, strict=False)))
    typed, meant = typed[same:], meant[same:]
    swapped = meant[1::-1] + meant[2:]
    return typed[1:] == meant[1:] or typed[1:] == meant or typed in (meant[1:], swapped)
