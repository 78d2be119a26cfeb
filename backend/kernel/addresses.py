"""E-mail addresses as mail servers want them."""

from serving.addresses import parse_address

LOCALHOST = "@localhost"


def deliverable(address: str) -> str:
    """The address with its domain in ASCII. Raises ValueError."""
    if address.endswith(LOCALHOST):
        return parse_address(address.removesuffix(LOCALHOST) + "@example.com").local_part + LOCALHOST
    valid = parse_address(address)
    return f"{valid.local_part}@{valid.ascii_domain}"
