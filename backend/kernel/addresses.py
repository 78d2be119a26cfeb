"""Email addresses as mail servers take them."""

from serving.addresses import parse_address

LOCALHOST = "@localhost"


def encode_domain(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA). Raises ValueError for what is no address."""
    if address.endswith(LOCALHOST):
        return parse_address(address.removesuffix(LOCALHOST) + "@example.com").local_part + LOCALHOST
    valid = parse_address(address)
    return f"{valid.local_part}@{valid.ascii_domain}"
