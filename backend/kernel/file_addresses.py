"""The public addresses of files."""

import re
from urllib.parse import urlsplit

FILE_PATH = re.compile(r".*/_storage/[0-9a-f]{24}/[0-9a-f]{24}/([0-9a-f]{24})")


def make_file_path(environment_id: str, bucket_id: str, file_id: str) -> str:
    return f"/_storage/{environment_id}/{bucket_id}/{file_id}"


def find_file_id(url: str | None) -> str:
    """Return the id of the file at an address, of which only the path counts. Empty: it is none of ours."""
    try:
        match = FILE_PATH.fullmatch(urlsplit(url or "").path)
    except ValueError:
        return ""
    return match[1] if match else ""
