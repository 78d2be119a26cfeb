"""Names of browsers and systems. Only these are shown or mailed: a User-Agent header may hold a stranger's words."""

from functools import lru_cache

from translations import gettext as _

BROWSERS = (
    *("Amazon Silk", "Avast Secure Browser", "Brave", "Chrome", "Chromium", "Cốc Cốc", "DuckDuckGo", "Ecosia", "Edge"),
    *("Electron", "Falkon", "Firefox", "Firefox Focus", "GNOME Web", "Huawei Browser", "Iceweasel"),
    *(
        "Internet Explorer",
        "Konqueror",
        "LibreWolf",
        "Lynx",
        "Maxthon",
        "Meta Quest Browser",
        "Mi Browser",
        "Midori",
        "Opera",
    ),
    *(
        "Opera GX",
        "Opera Mini",
        "Pale Moon",
        "Puffin",
        "QQ Browser",
        "Safari",
        "Samsung Internet",
        "SeaMonkey",
        "Sogou Explorer",
    ),
    *("UC Browser", "Vivaldi", "Waterfox", "Wget", "Whale", "Yandex Browser", "curl", "w3m"),
    # Applications with a browser of their own, in which their links open.
    *("Facebook", "Google", "Instagram", "LINE", "LinkedIn", "Messenger", "Pinterest", "Snapchat", "TikTok", "WeChat"),
)
SYSTEMS = (
    *("Android", "BlackBerry OS", "ChromeOS", "Debian", "Fedora", "FreeBSD", "Haiku", "HarmonyOS", "KaiOS", "Linux"),
    *("NetBSD", "Nintendo Switch", "OpenBSD", "PlayStation", "Solaris", "Tizen", "Ubuntu", "Windows", "Windows Phone"),
    *("Xbox", "iOS", "iPadOS", "macOS", "webOS"),
)
# What parsers of User-Agent headers, ours and Altogic's, call them instead.
FAMILIES = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome OS": "ChromeOS",
    "Coc Coc": "Cốc Cốc",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Edge Mobile": "Edge",
    "Epiphany": "GNOME Web",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "HeadlessChrome": "Chrome",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Line": "LINE",
    "Mac OS X": "macOS",
    "MiuiBrowser": "Mi Browser",
    "Mobile Safari": "Safari",
    "Oculus Browser": "Meta Quest Browser",
    "Opera Mobile": "Opera",
    "PaleMoon": "Pale Moon",
    "QQ Browser Mobile": "QQ Browser",
    "Seamonkey": "SeaMonkey",
}
WITH_SAFARI = ("iOS", "iPadOS", "macOS", "Windows", "")


def describe_device(family: str, system: str) -> str:
    """Name a device for the middle of a sentence: "Firefox on Windows", "a browser on Linux", "a browser"."""
    browser, system = _find_names(family, system)
    if not browser:
        return _("a browser on %(system)s") % {"system": system} if system else _("a browser")
    return _name_both(browser, system)


def entitle_device(family: str, system: str) -> str:
    """Name a device for the beginning of a line: "Firefox on Windows", "A browser on Linux", "A browser"."""
    browser, system = _find_names(family, system)
    if not browser:
        return _("A browser on %(system)s") % {"system": system} if system else _("A browser")
    return _name_both(browser, system)


@lru_cache(maxsize=256)
def _find_names(family: str, system: str) -> tuple[str, str]:
    """Return the names people use, each empty where there is none."""
    browser, system = _find_name(family, BROWSERS), _find_name(system, SYSTEMS)
    is_pretending = browser == "Safari" and system not in WITH_SAFARI  # one of the many that call themselves Safari
    return "" if is_pretending else browser, system


def _name_both(browser: str, system: str) -> str:
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


def _find_name(family: str, names: tuple[str, ...]) -> str:
    name = FAMILIES.get(family, family)
    return name if name in names else ""
