"""CBOR (RFC 8949) that a stranger sends, looked at before a library decodes it.

A tag gives an item another meaning: the library compiles what is called an expression, and parses what is called a
mail, which costs far more than its bytes. WebAuthn has no use for any (CTAP2 canonical CBOR).
"""

TAG, STRINGS = 6, (2, 3)  # major types: a tag; bytes and text
WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes of the number that follows, by what the first one says
AUTHENTICATOR_DATA = 37  # bytes: domain, flags, counter (WebAuthn Level 3, 6.1)
FLAGS, ATTESTED = 32, 64
LENGTH_OF_ID = slice(53, 55)  # after the counter and the AAGUID


def has_tag(data: bytes) -> bool:
    """Tell whether any item is tagged, however deep, also of those that follow the first one."""
    at = 0
    while at < len(data):
        kind, said = data[at] >> 5, data[at] & 31
        if kind == TAG:
            return True
        start = at + 1 + WIDTHS.get(said, 0)
        number = int.from_bytes(data[at + 1 : start], "big") if said in WIDTHS else said
        at = start + number if kind in STRINGS and said <= max(WIDTHS) else start
    return False


def has_tag_in_authenticator_data(data: bytes) -> bool:
    """Tell the same of the key and the extensions that authenticator data end with."""
    if len(data) <= AUTHENTICATOR_DATA:
        return False
    is_attested = data[FLAGS] & ATTESTED
    start = LENGTH_OF_ID.stop + int.from_bytes(data[LENGTH_OF_ID], "big") if is_attested else AUTHENTICATOR_DATA
    return has_tag(data[start:])
