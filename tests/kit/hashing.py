"""What hashing a password costs in tests: as little as can be, unless a test is about it."""

from collections.abc import Mapping

from serving.origins import is_loopback


def hash_quickly(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with PASSWORD_HASHING=quick, where the program takes that and nothing else is asked for."""
    takes_it = "HOST" not in environ and is_loopback(environ.get("PUBLIC_URL", "http://127.0.0.1"))
    return {"PASSWORD_HASHING": "quick", **environ} if takes_it else dict(environ)
