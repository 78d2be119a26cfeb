"""Cookies as they arrive: ours are found among any others, and none costs more than its length."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import HTTPConnection

from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor
from web.http.signed_cookies import COOKIES_LIMIT, VALUE_LIMIT, read_cookies


def sent(*headers: str) -> dict[str, str]:
    raw = [(b"cookie", header.encode("latin-1")) for header in headers]
    return read_cookies(HTTPConnection({"type": "http", "headers": raw}))


def test_cookies_are_read_by_name() -> None:
    assert sent("session=a.b; language=c") == {"session": "a.b", "language": "c"}
    assert sent("session=a", "language=c") == {"session": "a", "language": "c"}
    assert sent('session="a/b=.c"') == {"session": "a/b=.c"}
    assert sent() == {}


def test_nothing_is_unquoted() -> None:
    assert sent(r'a="\\\\\\101"; session=b') == {"a": r"\\\\\\101", "session": "b"}


def test_more_than_a_browser_keeps_is_not_read() -> None:
    many = sent("; ".join(f"c{number}=1" for number in range(1000)))
    assert len(many) == COOKIES_LIMIT
    assert sent(f"a={'x' * VALUE_LIMIT}; session=b") == {"session": "b"}


@pytest.mark.parametrize("others", ['a="' + "\\" * 4000 + '"', "; ".join(f"other{n}={n}" for n in range(100)), ";;=;a"])
async def test_who_has_cookies_of_others_too_stays_logged_in(
    visitor: Visitor, plain: httpx.AsyncClient, others: str
) -> None:
    await joins(visitor, ADA)
    ours = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    assert (await plain.get("/profile", headers={"Cookie": f"{others}; {ours}"})).status_code == 200
