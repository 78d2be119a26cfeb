"""Whether an act did what it is measured for: a refusal is fast, too."""

from __future__ import annotations

import httpx

from bench.peers.sites import LOG_IN, LOGIN_PAGE, NEW_NAME, PROFILE, RENAME, SESSIONS, Acts
from tests.kit.load import Request


def require_acts(url: str, acts: Acts) -> None:
    """Try each act as its first person. Raises RuntimeError where one did not succeed."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        page, profile = _ask(http, acts[LOGIN_PAGE][0]), _ask(http, acts[PROFILE][0])
        _require('type="password"' in page.text, LOGIN_PAGE, page)
        _require(profile.status_code == 200 and "Person 0" in profile.text, PROFILE, profile)
        told = profile.text.count("127.0.0.1")  # once in each row, or twice: ours has details, too
        _require(told in (SESSIONS, 2 * SESSIONS), PROFILE, profile)
        renamed = _ask(http, acts[RENAME][0])
        _require(NEW_NAME in _ask(http, acts[PROFILE][0]).text, RENAME, renamed)
        logged_in = _ask(http, acts[LOG_IN][0])
        _require(any("session" in name for name in logged_in.cookies), LOG_IN, logged_in)


def _ask(http: httpx.Client, asked: Request) -> httpx.Response:
    http.cookies.clear()
    return http.request(asked.method, asked.path, headers=dict(asked.headers), content=asked.body)


def _require(holds: bool, what: str, answer: httpx.Response) -> None:
    if not holds:
        raise RuntimeError(f"{what} at {answer.url}: {answer.status_code}\n{answer.text[:2000]}")
