"""A client of the contract: any application that has the client key, in this process or over TCP."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.kit.people import PASSWORD

API = "/_api/rest/v1"
KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class Answer:
    """What a call came to."""

    status: int
    body: Any
    headers: httpx.Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def codes(self) -> list[str]:
        return [item["code"] for item in self.body["errors"]]

    @property
    def code(self) -> str:
        assert len(self.codes) == 1, self.body
        return self.codes[0]

    @property
    def params(self) -> list[str]:
        return [item["details"]["param"] for item in self.body["errors"]]

    @property
    def token(self) -> str:
        return str(self.body["session"]["token"])


@dataclass
class Landing:
    """Where a mailed link led: the query that REDIRECT_URL was given."""

    url: str
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def token(self) -> str:
        return self.query["access_token"]


class Contract:
    """The verbs of an application and of its people, who read their mails in the outbox.

    Calls are made with `session`, or with that of the call; without one by somebody who is not signed in.
    """

    def __init__(self, http: httpx.AsyncClient, session: str = "") -> None:
        self.http = http
        self.session = session

    async def calls(
        self, method: str, path: str, *, session: str = "", headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Answer:
        given = {**headers_of(session or self.session), **(headers or {})}
        response = await self.http.request(method, f"{API}{path}", headers=given, **rest)
        assert response.headers["content-type"] == "application/json", response.text
        return Answer(response.status_code, response.json(), response.headers, response.content)

    async def post(self, path: str, json: Any = None, **rest: Any) -> Answer:
        return await self.calls("POST", path, **({"json": json} if json is not None else {}), **rest)

    async def get(self, path: str, **rest: Any) -> Answer:
        return await self.calls("GET", path, **rest)

    async def signs_up(
        self, email: str = "ada@example.com", password: str = PASSWORD, name: Any = "Ada", **rest: Any
    ) -> Answer:
        body = {"email": email, "password": password, "nameOrUserData": name}
        return await self.post("/auth/signup-email", body, **rest)

    async def signs_in(self, email: str = "ada@example.com", password: str = PASSWORD, **rest: Any) -> Answer:
        return await self.post("/auth/signin-email", {"email": email, "password": password}, **rest)

    async def grants(self, token: str, **rest: Any) -> Answer:
        return await self.get("/auth/grant", params={"key": token}, **rest)

    async def mails(self) -> list[str]:
        """The pages of all mails, newest first."""
        return [await self._read_mail(path) for path in await self._list_mails()]

    async def newest_mail(self, to: str = "") -> str:
        """The page of the newest mail, or of the newest to this address."""
        return await self._read_mail((await self._list_mails(to))[0])

    async def _list_mails(self, to: str = "") -> list[str]:
        """The paths of all mails, or of those to this address, newest first."""
        listing = await self.http.get("/outbox")
        assert listing.status_code == 200, listing.text
        listed = re.findall(r'href="(/outbox/[0-9a-f]{24})"[^>]*>[^<]*</a>\s*<span><bdi>([^<]*)</bdi>', listing.text)
        return [path for path, recipient in listed if to in ("", html.unescape(recipient))]

    async def _read_mail(self, path: str) -> str:
        return (await self.http.get(path)).text

    async def links(self) -> list[str]:
        """The links in all mails, newest first."""
        return [link_in(page) for page in await self.mails()]

    async def links_to(self, email: str) -> list[str]:
        """The links in the mails to this address, newest first."""
        return [link_in(await self._read_mail(path)) for path in await self._list_mails(email)]

    async def newest_link(self, to: str = "") -> str:
        """The link in the newest mail, or in the newest to this address."""
        return link_in(await self.newest_mail(to))

    async def opens(self, link: str, method: str = "GET") -> Landing:
        response = await self.http.request(method, link)
        assert response.status_code == 302, response.text
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        return Landing(response.headers["location"])

    async def joins(self, email: str = "ada@example.com", password: str = PASSWORD, name: Any = "Ada") -> Answer:
        """Signs up, follows the mailed link, and is logged in."""
        signed_up = await self.signs_up(email, password, name)
        if signed_up.body.get("session"):
            return signed_up
        granted = await self.grants((await self.opens(await self.newest_link())).token)
        assert granted.status == 200, granted.body
        return granted


def headers_of(session: str = "") -> dict[str, str]:
    """The client's key, and the session's token if somebody is signed in."""
    return {"X-Client-Key": KEY, **({"Session": session} if session else {})}


def link_in(page: str) -> str:
    """The first link in a page's main part, as the person would click it."""
    match = re.search(r'<a [^>]*href="([^"]+)"', page[page.index("<main") :])
    assert match
    return html.unescape(match[1])


@asynccontextmanager
async def call_over_tcp(url: str, session: str = "", *, user_agent: str = "tests") -> AsyncIterator[Contract]:
    """A client of a backend in another process."""
    headers = {"User-Agent": user_agent}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as http:
        yield Contract(http, session)
