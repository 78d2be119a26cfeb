"""Being somebody else: forged and replayed cookies, fixed sessions, links used twice or for another purpose."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Iterator

import httpx
from itsdangerous import Signer

from tests.attack.world import World
from tests.people import ADA, GRACE, Person, logs_in, logs_out

AT_ONCE = 50


async def forged_cookies(world: World) -> int:
    """Cut off, changed, signed by others, and signed by us for another purpose."""
    async with world.visitor(ADA) as visitor:
        await visitor.opens("/auth-redirect?status=200&action=magic-link&access_token=abc")
        cookies = dict(visitor.http.cookies)
        assert await is_let_in(world, cookies["session"])
        tried = list(forgeries(cookies["session"], [value for name, value in cookies.items() if name != "session"]))
        for cookie in tried:
            assert not await is_let_in(world, cookie), cookie
        return len(tried)


def forgeries(cookie: str, others: list[str]) -> Iterator[str]:
    token, _, signature = cookie.rpartition(".")
    yield from (cookie[:end] for end in range(0, len(cookie), 3))
    yield from (changed(cookie, place) for place in range(0, len(cookie) - 1, 2))
    yield from (f"{token}.{changed(signature, 0)}", token, f"{token}.", f".{signature}", f"{cookie}.", cookie * 2)
    for key in ("", "secret", "a" * 43):
        for salt in ("account-pages.session", "itsdangerous.Signer", ""):
            for digest in (hashlib.sha1, hashlib.sha256, hashlib.md5):
                yield Signer(key, salt=salt, digest_method=digest).sign(token).decode()
    for other in others:
        yield from (other, f"{token}.{other.rpartition('.')[2]}", f"{other.rpartition('.')[0]}.{signature}")
    yield base64.urlsafe_b64encode(token.encode()).decode()


def changed(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


async def cookies_after_log_out(world: World) -> int:
    """Of one's own log-out, of a log-out elsewhere, and of both at once with requests under way."""
    async with world.visitor(ADA) as visitor:
        cookies = []
        for _ in range(5):
            cookies.append(visitor.http.cookies["session"])
            await logs_out(visitor)
            assert not await is_let_in(world, cookies[-1])
            await logs_in(visitor, ADA)
        for cookie in cookies:
            assert not await is_let_in(world, cookie)
        return len(cookies)


async def fixed_sessions(world: World) -> int:
    """Who plants a cookie in somebody's browser is not let in by it afterwards."""
    async with world.visitor(ADA) as mallory, world.visitor() as victim:
        planted = mallory.http.cookies["session"]
        for cookie in (planted, secrets.token_hex(16), ""):
            victim.http.cookies.clear()
            victim.http.cookies.set("session", cookie, domain="127.0.0.1")
            if cookie != planted:
                await world.joins(victim, Person(f"victim{len(cookie)}@example.com", "Victim"))
                assert victim.http.cookies["session"] != cookie
                assert not await is_let_in(world, cookie)
        return 3


async def a_link_used_fifty_times_at_once(world: World) -> int:
    async with world.visitor(ADA) as visitor:
        await logs_out(visitor)
        await visitor.opens(await world.login_link(visitor, ADA))
        held = visitor.http.cookies["link"]
        answers = await asyncio.gather(*(pressed(world, held) for _ in range(AT_ONCE)))
        winners = [answer for answer in answers if "session" in answer.cookies]
        assert len(winners) == 1, f"{len(winners)} were let in"
        assert not [answer for answer in answers if answer.status_code >= 500]
        assert "session" not in (await pressed(world, held)).cookies
        return AT_ONCE + 1


async def a_link_that_others_open_first(world: World) -> int:
    """Scanners and prefetching browsers fetch it by GET and HEAD, as often as they like; then its owner comes."""
    async with world.visitor(ADA) as visitor:
        await logs_out(visitor)
        link = await world.login_link(visitor, ADA)
        async with httpx.AsyncClient(follow_redirects=True, timeout=60) as scanner:
            for headers in ({}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"User-Agent": "Scanner"}):
                await scanner.get(link, headers=headers)
                await scanner.head(link, headers=headers)
        await visitor.opens(link)
        await visitor.submits(f"Log in as {ADA.email}")
        assert visitor.path == "/profile", visitor.text
        return 9


async def tokens_of_the_wrong_kind(world: World) -> int:
    """What proves one thing at the backend proves nothing else there."""
    if not world.backend:
        return 0
    async with world.visitor(ADA) as visitor, world.visitor(GRACE) as grace, world.client() as client:
        await logs_out(visitor)
        link = httpx.URL(await world.login_link(visitor, ADA))
        key = link.params["key"]
        landed = await client.get(str(link))
        token = httpx.URL(landed.headers["location"]).params["access_token"]
        session = (await client.post("/auth/signin-email", json=credentials(GRACE))).json()["session"]["token"]
        tried = 0
        for action in ("email-confirm", "reset-pwd", "change-email", "oauth-signin", ""):
            answer = await client.get(str(link.copy_set_param("action", action)))
            told = httpx.URL(answer.headers["location"]).params
            assert told.get("action") == "magic-link" or "access_token" not in told, action
            tried += 1
        for wrong in (key, session, "", token[:-1], token + "A"):
            refused = await client.get("/auth/grant", params={"key": wrong})
            assert 400 <= refused.status_code < 500, f"{wrong}: {refused.status_code} {refused.text}"
            tried += 1
        reset = await client.post("/auth/reset-pwd", params={"key": token}, json={"newPassword": "a new password here"})
        assert 400 <= reset.status_code < 500, reset.text
        for wrong in (key, token):
            refused = await client.get("/auth/user", headers={"Session": wrong})
            assert refused.status_code == 401, refused.text
        assert grace.http.cookies["session"]
        return tried + 3


def credentials(person: Person) -> dict[str, str]:
    return {"email": person.email, "password": person.password}


async def pressed(world: World, link: str) -> httpx.Response:
    """The landing's button, in a browser of its own that holds the link."""
    async with httpx.AsyncClient(base_url=world.site.url, cookies={"link": link}, timeout=60) as http:
        return await http.post("/auth-redirect")


async def is_let_in(world: World, cookie: str) -> bool:
    async with httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
        answer = await http.get("/profile", headers={"Cookie": f"session={cookie}"})
        assert answer.status_code in (200, 303), answer.text
        return answer.status_code == 200
