"""E-mail addresses, as both programs read them: what may be typed, and whether it is one."""

import unicodedata

import regex
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

LONGEST = 254  # octets
LONGEST_LOCAL = 64  # octets before the @ (RFC 5321, 4.5.3.1.1)
# What keyboards for Chinese and Japanese write for the signs of ASCII, and the full stop and the blank of these.
FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3002: ".", 0xFF61: ".", 0xFE6B: "@"}
LONGEST_TYPED = 1000  # characters, invisible ones included
# Not two joiners behind a letter that may need them: without them a Persian domain is another one.
UNSEEN = regex.compile(
    r"(?<![^\x00-\x7F])[\u200C\u200D] | [[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]--[\u200C\u200D]]",
    regex.VERBOSE | regex.VERSION1,
)


def clean_address(text: str) -> str:
    """The address without what nobody can see in it, and with the @ and the dots of ASCII."""
    if len(text) > LONGEST_TYPED:
        return text.strip()
    return unicodedata.normalize("NFC", UNSEEN.sub("", text).translate(FULL_WIDTH)).strip()


def is_international(address: str) -> bool:
    """Whether it has letters beyond ASCII before the @, which a mail server takes only if it knows SMTPUTF8."""
    return not address.rpartition("@")[0].isascii()


def parse_address(address: str) -> ValidatedEmail:
    """Raises ValueError. Whether mail arrives there is found out by sending some."""
    if len(address) > LONGEST:
        raise ValueError("an email address is shorter")
    try:
        # Nobody is asked whether the domain exists, and `.test` is good enough: people try things out.
        valid = validate_email(address, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise ValueError(f"{address!r} is not an email address") from error
    in_octets = f"{valid.local_part}@{valid.ascii_domain}".encode()
    if len(valid.local_part.encode()) > LONGEST_LOCAL or len(in_octets) > LONGEST or "." not in valid.ascii_domain:
        raise ValueError(f"{address!r} is too long, or of no domain")
    return valid
