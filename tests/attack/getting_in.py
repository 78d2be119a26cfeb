"""Being somebody else: forged and replayed cookies, fixed sessions, links used twice or for another purpose."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import secrets
from collections.abc import Iterator

import httpx
from itsdangerous import Signer

from tests.attack.timing import Seen, observe
from tests.attack.world import World
from tests.kit.contract import KEY, Contract
from tests.kit.people import ADA, CONFIRM, GRACE, LOGIN_LINK, RESET, Person, is_signed_in, logs_in, logs_out, registers
from tests.kit.serving import serve_site
from tests.kit.visitor import Visitor

AT_ONCE = 50
SCANNERS: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch"},
    {"User-Agent": "Scanner"},
)
NEW_KEY = "a key that was made anew, long enough"
NEWCOMER = Person("newcomer@example.com", "Newcomer")


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
    yield from (change_sign(cookie, place) for place in range(0, len(cookie) - 1, 2))
    yield from (f"{token}.{change_sign(signature, 0)}", token, f"{token}.", f".{signature}", f"{cookie}.", cookie * 2)
    for key in ("", "secret", "a" * 43):
        for salt in ("account-pages.session", "itsdangerous.Signer", ""):
            for digest in (hashlib.sha1, hashlib.sha256, hashlib.md5):
                yield Signer(key, salt=salt, digest_method=digest).sign(token).decode()
    for other in others:
        yield from (other, f"{token}.{other.rpartition('.')[2]}", f"{other.rpartition('.')[0]}.{signature}")
    yield base64.urlsafe_b64encode(token.encode()).decode()


def change_sign(text: str, place: int) -> str:
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


async def a_stolen_session_confirmed_by_its_owner(world: World) -> int:
    """The owner proves who they are: what a thief has copied before is not confirmed by it, however often it
    asks, and a guess brings it no new token."""
    async with world.visitor(ADA) as owner:
        stolen = owner.http.cookies["session"]
        confirmed = await owner.http.post("/confirm", data={"current_password": ADA.password})
        assert confirmed.status_code == 303, confirmed.text
        assert (await owner.http.get("/confirm")).status_code == 303, "the owner is known"
        async with httpx.AsyncClient(base_url=world.site.url, cookies={"session": stolen}, timeout=60) as thief:
            asked = await asyncio.gather(*(thief.get("/confirm") for _ in range(AT_ONCE)))
            assert {answer.status_code for answer in asked} == {200}
            refused = await thief.post("/confirm", data={"current_password": "words that are wrong"})
            assert (refused.status_code, refused.headers.get("set-cookie")) == (422, None)
        return len(asked) + 1


async def cookies_of_another_purpose(world: World) -> int:
    """Each cookie that we sign, under the name of each other: none of them says anything there."""
    async with world.visitor(ADA) as visitor:
        await visitor.opens("/auth-redirect?status=200&action=magic-link&access_token=abc")
        await visitor.http.post("/language", data={"language": "de", "timezone": "Europe/Vienna", "next": "/"})
        await visitor.http.post("/profile/name", data={"name": "Ada L."})  # leaves what is said on the next page
        async with world.visitor() as waiting:
            await registers(waiting, GRACE)
            cookies = {**waiting.http.cookies, **visitor.http.cookies}
    assert set(cookies) >= {"session", "device", "registration", "language", "flash", "waiting"}, cookies.keys()
    tried = 0
    paths = ("/profile", "/login", "/register/again", "/auth-redirect")
    without = {path: await ask_for(world, path, {}) for path in paths}
    for (of, value), name, path in itertools.product(cookies.items(), cookies, paths):
        if of != name:
            assert await ask_for(world, path, {name: value}) == without[path], f"{of} as {name} at {path}"
            tried += 1
    return tried


async def ask_for(world: World, path: str, cookies: dict[str, str]) -> Seen:
    async with httpx.AsyncClient(base_url=world.site.url, cookies=cookies, timeout=60) as http:
        return observe(await http.get(path), GRACE.email)


async def cookies_of_an_old_key(world: World) -> int:
    """Signed with a key that is listed no more, a cookie is nobody's; while it is listed, it still counts."""
    async with world.visitor(ADA) as visitor:
        cookie = visitor.http.cookies["session"]
    there = {"DATA_DIR": str(world.folder / "site"), "LIMIT_FACTOR": "1000000", "PASSWORD_HASHING": "owasp"}
    if world.database and not world.backend:
        there["DATABASE_URL"] = world.database
    if world.backend:
        there |= {"ALTOGIC_ENV_URL": world.backend.url, "ALTOGIC_CLIENT_KEY": KEY}
    old = (world.folder / "site" / "secret-key").read_text().strip()
    for keys, is_good in ((NEW_KEY, False), (f"{NEW_KEY},{old}", True)):
        with serve_site({**there, "SECRET_KEY": keys}, world.folder, output=world.folder / "site.log") as url:
            assert await is_let_in(world, cookie, at=url) is is_good
    return 2


async def fixed_sessions(world: World) -> int:
    """Who plants a cookie in somebody's browser is not let in by it once they log in, whichever way they do. Nor is
    what they had before."""
    async with world.visitor(ADA), world.visitor(GRACE) as victim:
        for owner, log_in in itertools.product((ADA, GRACE, None), (by_password, by_link)):
            cookie = await session_of(world, owner) if owner else secrets.token_hex(16)
            victim.http.cookies.clear()
            link = await world.login_link(victim, GRACE) if log_in is by_link else ""
            victim.http.cookies.set("session", cookie, domain="127.0.0.1")
            fresh = await log_in(victim, link)
            assert fresh != cookie, f"{cookie!r} is the session still"
            assert GRACE.email not in await profile_of(world, cookie), "what was planted lets in"
            assert GRACE.email in await profile_of(world, fresh)
        return 6


async def session_of(world: World, person: Person) -> str:
    async with httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
        return (await http.post("/login", data=credentials(person))).cookies["session"]


async def by_password(victim: Visitor, _link: str) -> str:
    """Sent as it is: the form is not shown to who is signed in, which the planted cookie may make them."""
    answer = await victim.http.post("/login", data=credentials(GRACE))
    if not session_in(answer):  # a signed-in person is led on; the way to the form is to log out
        await victim.http.post("/logout")
        answer = await victim.http.post("/login", data=credentials(GRACE))
    return session_in(answer)


async def by_link(victim: Visitor, link: str) -> str:
    await victim.http.get(link, follow_redirects=True)
    return session_in(await victim.http.post("/auth-redirect"))


def session_in(answer: httpx.Response) -> str:
    """Under the name with the port where the plain one holds what is not ours."""
    return answer.cookies.get("session") or answer.cookies.get(f"session-{answer.url.port}") or ""


async def profile_of(world: World, cookie: str) -> str:
    async with httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
        return (await http.get("/profile", headers={"Cookie": f"session={cookie}"})).text


async def a_link_used_fifty_times_at_once(world: World) -> int:
    async with world.visitor(ADA) as visitor:
        await logs_out(visitor)
        await visitor.opens(await world.login_link(visitor, ADA))
        held = {name: value for name, value in visitor.http.cookies.items() if name.startswith("link-")}
        answers = await asyncio.gather(*(press_button(world, held) for _ in range(AT_ONCE)))
        winners = [answer for answer in answers if "session" in answer.cookies]
        assert len(winners) == 1, f"{len(winners)} were let in"
        assert not [answer for answer in answers if answer.status_code >= 500]
        assert "session" not in (await press_button(world, held)).cookies
        return AT_ONCE + 1


async def a_link_that_others_open_first(world: World) -> int:
    """Scanners and prefetching browsers fetch each kind of link by GET and HEAD, as often as they like, and open where
    it leads; then its owner comes."""
    async with world.visitor() as newcomer:
        await registers(newcomer, NEWCOMER)
        link = await world.mailed_link(NEWCOMER, CONFIRM)
        tried = await scan(link)
        await newcomer.opens(link)
        await newcomer.submits("Confirm this address")
        assert newcomer.path == "/profile", newcomer.text
        await logs_out(newcomer)
        link = await world.login_link(newcomer, NEWCOMER)
        tried += await scan(link)
        await newcomer.opens(link)
        await newcomer.submits(f"Log in as {NEWCOMER.email}")
        assert newcomer.path == "/profile", newcomer.text
        return tried + 2


async def scan(link: str) -> int:
    """Each time by a scanner that keeps no cookies, and by one that does."""
    for keeps in (False, True):
        async with httpx.AsyncClient(follow_redirects=keeps, timeout=60) as scanner:
            for headers in SCANNERS:
                await scanner.get(link, headers=headers)
                await scanner.head(link, headers=headers)
    return 4 * len(SCANNERS)


async def tokens_of_the_wrong_kind(world: World) -> int:
    """What proves one thing at the backend proves nothing else there."""
    if not world.backend:
        return 0
    async with world.visitor(ADA) as visitor, world.visitor(GRACE) as grace, world.client() as client:
        await logs_out(visitor)
        link = httpx.URL(await world.login_link(visitor, ADA))
        key = link.params["key"]
        token = (await client.opens(str(link))).token
        session = (await client.signs_in(GRACE.email, GRACE.password)).token
        tried = 0
        for action in ("email-confirm", "reset-pwd", "change-email", "oauth-signin", ""):
            told = (await client.opens(str(link.copy_set_param("action", action)))).query
            assert told.get("action") == "magic-link" or "access_token" not in told, action
            tried += 1
        for wrong in (key, session, "", token[:-1], token + "A"):
            refused = await client.grants(wrong)
            assert 400 <= refused.status < 500, f"{wrong}: {refused.status} {refused.text}"
            tried += 1
        reset = await client.post("/auth/reset-pwd", params={"key": token}, json={"newPassword": "a new password here"})
        assert 400 <= reset.status < 500, reset.text
        for wrong in (key, token):
            refused = await client.get("/auth/user", session=wrong)
            assert refused.status == 401, refused.text
        assert grace.http.cookies["session"]
        return tried + 3


async def links_of_every_kind_everywhere(world: World) -> int:
    """The access token of each kind of link, at each call that takes one of another kind, with another user's session:
    refused there, and still good where it belongs."""
    async with world.visitor(ADA) as ada, world.visitor(GRACE) as grace, world.client() as client:
        other = (await client.signs_in(GRACE.email, GRACE.password)).token
        tokens = await tokens_of_all_kinds(world, client)
        tried = 0
        async with world.client(other) as mallory:
            for kind, (place, method, path, body) in itertools.product(tokens, CALLS):
                if place in CALLS_OF[kind]:
                    continue
                answer = await mallory.calls(method, path, params={"key": tokens[kind]}, json=body)
                assert 400 <= answer.status < 500, f"{kind} at {place}: {answer.status} {answer.text}"
                assert ADA.email not in answer.text, f"{kind} at {place}"
                tried += 1
        granted = await client.grants(tokens["magic-link"])
        assert granted.body["user"]["email"] == ADA.email, granted.text
        reset = {"newPassword": "words chosen anew"}
        done = await client.post("/auth/reset-pwd", params={"key": tokens["reset-pwd"]}, json=reset)
        assert done.status == 200, done.text
        assert not await is_signed_in(ada)
        assert await is_signed_in(grace)
        return tried + 2


CALLS = (
    ("grant", "GET", "/auth/grant", None),
    ("reset", "POST", "/auth/reset-pwd", {"newPassword": "words of somebody else"}),
    ("disown", "POST", "/auth/access-token/disown", None),
)
CALLS_OF = {"email-confirm": ("grant", "disown"), "magic-link": ("grant",), "reset-pwd": ("reset",)}


async def tokens_of_all_kinds(world: World, client: Contract) -> dict[str, str]:
    """A confirmation is a newcomer's; the others are Ada's. A change of address has no token: its button is all."""
    await client.signs_up(NEWCOMER.email, NEWCOMER.password, NEWCOMER.name)
    for path in ("/auth/send-magic", "/auth/send-reset"):
        await client.post(path, params={"email": ADA.email})
    return {
        "email-confirm": (await client.opens(await world.mailed_link(NEWCOMER, CONFIRM))).token,
        "magic-link": (await client.opens(await world.mailed_link(ADA, LOGIN_LINK))).token,
        "reset-pwd": (await client.opens(await world.mailed_link(ADA, RESET))).token,
    }


def credentials(person: Person) -> dict[str, str]:
    return {"email": person.email, "password": person.password}


async def press_button(world: World, held: dict[str, str]) -> httpx.Response:
    """The landing's button, in a browser of its own that holds the link."""
    async with httpx.AsyncClient(base_url=world.site.url, cookies=held, timeout=60) as http:
        return await http.post("/auth-redirect")


async def is_let_in(world: World, cookie: str, *, at: str = "") -> bool:
    async with httpx.AsyncClient(base_url=at or world.site.url, timeout=60) as http:
        answer = await http.get("/profile", headers={"Cookie": f"session={cookie}"})
        assert answer.status_code in (200, 303), answer.text
        return answer.status_code == 200
