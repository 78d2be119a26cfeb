"""From a User-Agent header to a device: as an object for the contract, and in words for people."""

import json
from typing import Any

import ua_parser

from translations import gettext as _
from translations.devices import everyday

LONGEST = 512  # a longer header only costs time to read
NO_VERSION = {"major": "0", "minor": "0", "patch": "0"}
DESKTOPS = frozenset(
    {
        "Windows",
        "Mac OS X",
        "Linux",
        "Ubuntu",
        "Fedora",
        "Debian",
        "Chrome OS",
        "FreeBSD",
        "OpenBSD",
        "NetBSD",
        "Solaris",
    }
)


def device(user_agent: str) -> dict[str, Any]:
    """`{family, major, minor, patch, device: {...}, os: {...}}`, all texts, "Other" and "0" for what is unknown."""
    found = ua_parser.parse(user_agent[:LONGEST])
    system = _part(found.os)
    return {**_part(found.user_agent), "device": _device(found.device, system["family"]), "os": system}


def device_json(user_agent: str) -> str:
    return json.dumps(device(user_agent))


def in_words(user_agent: str) -> str:
    """Such as "Firefox on Windows", in the reader's language."""
    found = device(user_agent)
    browser = everyday(found["family"])
    system = everyday(found["os"]["family"])
    if browser == "Other":
        browser = _("an unknown browser") if system == "Other" else _("a browser")
    return browser if system == "Other" else _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def warm_up() -> None:
    """The first look takes a tenth of a second, and is better taken before somebody waits for it."""
    device("")


def _part(found: ua_parser.UserAgent | ua_parser.OS | None) -> dict[str, str]:
    if found is None:
        return {"family": "Other", **NO_VERSION}
    numbers = {"major": found.major or "0", "minor": found.minor or "0", "patch": found.patch or "0"}
    return {"family": found.family or "Other", **numbers}


def _device(found: ua_parser.Device | None, system: str) -> dict[str, str]:
    family = "Other" if found is None or system in DESKTOPS else found.family or "Other"
    return {"family": family, **NO_VERSION}
