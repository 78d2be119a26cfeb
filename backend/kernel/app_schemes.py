"""Schemes of native apps: `com.example.app://` for mailed links, `capacitor://` for the pages inside an app.

Any app may register a scheme on a device and then opens its addresses: nothing here tells one app from another.
"""

import re
from urllib.parse import urlsplit

# RFC 3986, 3.1, in lower case. It ends up in a Content-Security-Policy, where these letters mean nothing else.
SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,62}")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
# Schemes with a meaning of their own to browsers or systems, most of which run or read something.
RESERVED = frozenset(
    (
        *("about", "blob", "chrome", "chrome-extension", "content", "data", "devtools", "edge", "feed", "file"),
        *("filesystem", "ftp", "ftps", "http", "https", "intent", "jar", "javascript", "livescript", "mailto"),
        *("market", "mhtml", "mocha", "moz-extension", "ms-settings", "opera", "res", "resource", "safari-extension"),
        *("safari-web-extension", "search-ms", "sftp", "shell", "sms", "smsto", "ssh", "tel", "telnet", "urn"),
        *("vbscript", "view-source", "ws", "wss", "wyciwyg"),
    )
)


def is_app_scheme(scheme: str) -> bool:
    return SCHEME.fullmatch(scheme) is not None and scheme not in RESERVED


def normalize_app_origin(url: str) -> str:
    """Drop all but scheme, host and port of an app's URL. Raises ValueError for anything else."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_app_scheme(parts.scheme) or parts.username is not None or not HOST.fullmatch(host) or parts.port == 0:
        raise ValueError(url)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
