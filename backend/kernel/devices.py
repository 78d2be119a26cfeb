"""Parsing User-Agent headers into devices, as the contract has them. All names are from the lists of this file."""

import json
import re
from collections.abc import Mapping
from typing import Any

from translations.devices import describe_device

LONGEST_HEADER = 512  # characters of a header that are looked at
VERSION = re.compile(r"[/ ]?(?P<major>\d{1,5})(?:[._](?P<minor>\d{1,5}))?(?:[._](?P<patch>\d{1,5}))?")
NO_VERSION = {"major": "0", "minor": "0", "patch": "0"}

# What to search for, and what it stands for. The first match counts: browsers also name those they imitate.
BROWSERS = {
    "MessengerForiOS": "Messenger",
    "Orca-Android": "Messenger",
    "FBAN/": "Facebook",
    "FBAV/": "Facebook",
    "FB_IAB/": "Facebook",
    "Instagram ": "Instagram",
    "LinkedInApp": "LinkedIn",
    "MicroMessenger/": "WeChat",
    " Line/": "LINE",
    "Pinterest/": "Pinterest",
    "Snapchat/": "Snapchat",
    "musical_ly": "TikTok",
    "BytedanceWebview": "TikTok",
    "TikTok": "TikTok",
    "GSA/": "Google",
    "EdgA/": "Edge Mobile",
    "EdgiOS/": "Edge Mobile",
    "Edg/": "Edge",
    "Edge/": "Edge",
    "OPX/": "Opera GX",
    "OPRGX/": "Opera GX",
    "OPiOS/": "Opera Mini",
    "Opera Mini/": "Opera Mini",
    "Opera Mobi/": "Opera Mobile",
    "OPT/": "Opera",
    "OPR/": "Opera",
    "Opera": "Opera",
    "Vivaldi/": "Vivaldi",
    "YaBrowser/": "Yandex Browser",
    "SamsungBrowser/": "Samsung Internet",
    "UCBrowser/": "UC Browser",
    "UBrowser/": "UC Browser",
    "UCWEB": "UC Browser",
    "MQQBrowser/": "QQ Browser Mobile",
    "QQBrowser/": "QQ Browser",
    "MetaSr ": "Sogou Explorer",
    "HuaweiBrowser/": "Huawei Browser",
    "MiuiBrowser/": "MiuiBrowser",
    "OculusBrowser/": "Oculus Browser",
    "Silk/": "Amazon Silk",
    "Whale/": "Whale",
    "coc_coc_browser/": "Coc Coc",
    "AvastSecureBrowser/": "Avast Secure Browser",
    "Avast/": "Avast Secure Browser",
    "DuckDuckGo/": "DuckDuckGo Mobile",
    "Ddg/": "DuckDuckGo",
    "Ecosia": "Ecosia",
    "Brave": "Brave",
    "Puffin/": "Puffin",
    "Maxthon": "Maxthon",
    "Electron/": "Electron",
    "PaleMoon/": "PaleMoon",
    "Waterfox/": "Waterfox",
    "LibreWolf/": "LibreWolf",
    "SeaMonkey/": "Seamonkey",
    "Iceweasel/": "Iceweasel",
    "Epiphany/": "Epiphany",
    "Konqueror/": "Konqueror",
    "Falkon/": "Falkon",
    "Midori/": "Midori",
    "FxiOS/": "Firefox iOS",
    "Focus/": "Firefox Focus",
    "Klar/": "Firefox Focus",
    "Firefox/": "Firefox",
    "CriOS/": "Chrome Mobile iOS",
    "HeadlessChrome/": "HeadlessChrome",
    "Chromium/": "Chromium",
    "Chrome/": "Chrome",
    "IEMobile/": "IE Mobile",
    "MSIE ": "IE",
    "Trident/": "IE",
    "Safari/": "Safari",
    "Lynx/": "Lynx",
    "w3m/": "w3m",
    "curl/": "curl",
    "Wget/": "Wget",
}
SYSTEMS = {
    "Windows Phone": "Windows Phone",
    "Xbox": "Xbox",
    "Windows NT": "Windows",
    "Windows": "Windows",
    "iPhone OS": "iOS",
    "CPU OS": "iOS",
    "iPhone": "iOS",
    "iPad": "iOS",
    "iPod": "iOS",
    "KAIOS": "KaiOS",
    "Tizen": "Tizen",
    "Web0S": "webOS",
    "webOS": "webOS",
    "PlayStation": "PlayStation",
    "PLAYSTATION": "PlayStation",
    "Nintendo Switch": "Nintendo Switch",
    "OpenHarmony": "HarmonyOS",
    "HarmonyOS": "HarmonyOS",
    "BlackBerry": "BlackBerry OS",
    "BB10": "BlackBerry OS",
    "PlayBook": "BlackBerry OS",
    "CrOS": "Chrome OS",
    "Android": "Android",
    "Mac OS X": "Mac OS X",
    "Macintosh": "Mac OS X",
    "Ubuntu": "Ubuntu",
    "Fedora": "Fedora",
    "Debian": "Debian",
    "FreeBSD": "FreeBSD",
    "OpenBSD": "OpenBSD",
    "NetBSD": "NetBSD",
    "SunOS": "Solaris",
    "Haiku": "Haiku",
    "Linux": "Linux",
}
DEVICES = ("iPhone", "iPad", "iPod")
# Safari is Apple's: elsewhere the name stands for another browser, on Android usually its old one.
SAFARIS = {"iOS": "Mobile Safari", "Mac OS X": "Safari", "Windows": "Safari", "Android": "Android"}
WINDOWS = {("6", "3"): "8", ("6", "2"): "8", ("6", "1"): "7", ("6", "0"): "Vista", ("5", "1"): "XP"}


def parse_user_agent(user_agent: str) -> dict[str, Any]:
    """Return `{family, major, minor, patch, device: {...}, os: {...}}`, all texts; "Other" and "0" if unknown."""
    agent = user_agent[:LONGEST_HEADER]
    system = _find(agent, SYSTEMS)
    if system["family"] == "Windows":
        system = {**system, "major": WINDOWS.get((system["major"], system["minor"]), system["major"]), "minor": "0"}
    model = next((name for name in DEVICES if name in agent), "Other")
    return {**_find_browser(agent, system["family"]), "device": {"family": model, **NO_VERSION}, "os": system}


def user_agent_to_json(user_agent: str) -> str:
    return json.dumps(parse_user_agent(user_agent))


def describe_user_agent(user_agent: str) -> str:
    """Return a browser and its system, such as "Firefox on Windows", in the current locale."""
    found = parse_user_agent(user_agent)
    return describe_device(found["family"], found["os"]["family"])


def _find_browser(agent: str, system: str) -> dict[str, str]:
    found = _find(agent, BROWSERS)
    family = found["family"]
    if family == "Safari":
        return {**_find(agent, {"Version/": "Safari"}), "family": SAFARIS.get(system, "Other")}
    if system == "Android" and family in ("Chrome", "Firefox"):
        return {**found, "family": _name_on_android(family, agent)}
    if system == "iOS" and family == "Other" and "AppleWebKit/" in agent:  # a window of some application
        return {**found, "family": "Mobile Safari UI/WKWebView"}
    return found


def _name_on_android(family: str, agent: str) -> str:
    if family == "Chrome" and ("; wv)" in agent or " Version/" in agent):
        return "Chrome Mobile WebView"
    return f"{family} Mobile" if family == "Firefox" or " Mobile " in agent else family


def _find(agent: str, families: Mapping[str, str]) -> dict[str, str]:
    """Return the first of these families that the agent names, with its version."""
    for sign, family in families.items():
        _before, found, after = agent.partition(sign)
        if found:
            return {"family": family, **_read_version(after)}
    return {"family": "Other", **NO_VERSION}


def _read_version(text: str) -> dict[str, str]:
    found = VERSION.match(text)
    return {part: number or "0" for part, number in found.groupdict().items()} if found else NO_VERSION
