"""Email addresses as people type them: how both programs clean and parse them."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

LONGEST = 254  # octets
LONGEST_LOCAL = 64  # octets before the @ (RFC 5321, 4.5.3.1.1)
# Full-width signs that Chinese and Japanese keyboards write instead of those of ASCII, and their full stops.
FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3002: ".", 0xFF61: ".", 0xFE6B: "@"}
LONGEST_TYPED = 1000  # characters, invisible ones included
# Except the two joiners after a letter beyond ASCII: without them a Persian domain would be a different one.
UNSEEN = regex.compile(
    r"(?<![^\x00-\x7F])[\u200C\u200D] | [[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]--[\u200C\u200D]]",
    regex.VERBOSE | regex.VERSION1,
)


@cache
def load_library() -> Any:
    """Load the library of addresses, which takes 40 ms: at the first address, or before, in a thread."""
    import email_validator

    return email_validator


def clean_address(text: str) -> str:
    """Remove invisible characters from a typed address, and replace full-width signs by those of ASCII."""
    if len(text) > LONGEST_TYPED:
        return text.strip()
    return unicodedata.normalize("NFC", UNSEEN.sub("", text).translate(FULL_WIDTH)).strip()


def is_international(address: str) -> bool:
    """Return whether there are letters beyond ASCII before the @: such mail needs a server with SMTPUTF8."""
    return not address.rpartition("@")[0].isascii()


def parse_address(address: str) -> "ValidatedEmail":
    """Parse an address. Raises ValueError; it does not ask whether the domain exists or takes mail."""
    if len(address) > LONGEST:
        raise ValueError("an email address is shorter")
    library = load_library()
    try:
        # `.test` is accepted, so that people can try things out.
        valid: ValidatedEmail = library.validate_email(address, check_deliverability=False, test_environment=True)
    except (library.EmailNotValidError, UnicodeError) as error:
        raise ValueError(f"{address!r} is not an email address") from error
    in_octets = f"{valid.local_part}@{valid.ascii_domain}".encode()
    if len(valid.local_part.encode()) > LONGEST_LOCAL or len(in_octets) > LONGEST or "." not in valid.ascii_domain:
        raise ValueError(f"{address!r} is too long, or of no domain")
    return valid
