"""Leaked passwords of 12 characters and more, as sorted digests of 40 bits: a megabyte, mapped into memory.

`make passwords` builds the file. Two of a trillion passwords share a digest, so one in five million passwords that
never leaked is refused by mistake.
"""

import mmap
from functools import cache
from hashlib import sha256
from pathlib import Path

FILE = Path(__file__).parent / "leaked.bin"
SHORTEST = 12  # characters; shorter ones, PASSWORD_MINIMUM allowing, are left to zxcvbn's lists
WIDTH = 5  # bytes


def is_leaked(password: str) -> bool:
    """Whether a casefolded password is in the list, by binary search."""
    if len(password) < SHORTEST:
        return False
    digests, wanted = _map_file(), digest(password)
    low, high = 0, len(digests) // WIDTH
    while low < high:
        middle = (low + high) // 2
        if digests[middle * WIDTH : (middle + 1) * WIDTH] < wanted:
            low = middle + 1
        else:
            high = middle
    return digests[low * WIDTH : (low + 1) * WIDTH] == wanted


def digest(password: str) -> bytes:
    """Return the first 40 bits of the SHA-256 of a password."""
    return sha256(password.encode("utf-8", "surrogatepass")).digest()[:WIDTH]


@cache
def _map_file() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
