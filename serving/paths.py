"""Paths to redirect to after a log-in: one that comes from outside must not be an open redirect."""

from urllib.parse import urlsplit

LONGEST_PATH = 500  # characters


def is_site_path(path: str) -> bool:
    """Whether a path, perhaps with a query, leads to a page of the site that it is read on, and nowhere else.

    Browsers take a backslash for a slash and skip control characters, so neither may stand in it.
    """
    plain = path.isprintable() and "\\" not in path and len(path) <= LONGEST_PATH
    if not plain or not path.startswith("/") or path.startswith("//"):
        return False
    parts = urlsplit(path)
    return not (parts.scheme or parts.netloc)
