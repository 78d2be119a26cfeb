"""E-mail addresses: whether a text is one, and how mail servers want it."""

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

LOCALHOST = "@localhost"


def parsed(address: str) -> ValidatedEmail:
    """Raises ValueError. Letters beyond ASCII are fine after the @; before it few mail servers take them."""
    try:
        # Nobody is asked whether the domain exists, and `.test` is good enough: people try things out.
        return validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError) as error:
        raise ValueError(f"{address!r} is not an e-mail address") from error


def deliverable(address: str) -> str:
    """The address with its domain in ASCII. Raises ValueError."""
    if address.endswith(LOCALHOST):
        return parsed(address.removesuffix(LOCALHOST) + "@example.com").local_part + LOCALHOST
    return parsed(address).ascii_email or address
