"""A stranger's words in mails to others, and on the pages that their links lead to."""

from __future__ import annotations

import re
from itertools import cycle, islice
from urllib.parse import quote

import httpx

from tests.attack.world import World
from tests.kit.people import ADA

SIGN = "evil"
AGENTS = (
    "You owe us money: pay at http://evil.example/1.0 CFNetwork/894 Darwin/17.4.0",
    "evil.example/1.0",
    "Mozilla/5.0 (compatible; evil-bot/1.0; +http://evil.example)",
    "Mozilla/5.0 (Linux; Android 9; evil.example Build/evil) AppleWebKit/537.36 evil/1.0 Mobile Safari/537.36",
    "Opera/9.80 (evil.example) Presto/2.12 Version/evil.example",
    "Mozilla/5.0 (evil.example 10.0; evil) Chrome/evil.example Safari/evil",
)
NAMES = (
    "Hello customer, your account at evil is suspended. Call +1 900 555 0199",
    "http://evil.example/pay",
    "evil.example",
    "evil.\u0336example",
    "evil\u200b.example",
    "evil\u00ad.example",
    "evil.भारत",
    "evil",
)
ELSEWHERE = {
    "Accept-Language": "evil.example, de;q=evil",
    "Referer": "http://evil.example/evil",
    "X-Forwarded-Host": "evil.example",
    "X-Request-Id": "evil",
    "Via": "1.1 evil",
}


async def in_mails_and_pages(world: World, times: int) -> int:
    """Hostile browsers, names and headers at each form that mails; every mail, and the page of every link, is read."""
    async with world.visitor(ADA):
        pass
    where = (world.backend or world.site).url
    for number, (agent, name) in enumerate(islice(zip(cycle(AGENTS), cycle(NAMES), strict=False), times)):
        headers = {"User-Agent": agent, **ELSEWHERE}
        async with httpx.AsyncClient(base_url=world.site.url, headers=headers, timeout=60) as stranger:
            victim = f"victim{number}@example.com"
            typed = {"email": victim, "name": name, "password": ADA.password, "next": "/profile"}
            await stranger.post("/register", data=typed)
            await stranger.post("/register/again", data={"email": victim})
            await stranger.post("/register", data={**typed, "email": ADA.email})
            await stranger.post("/login-with-magic-link", data={"email": ADA.email})
            stranger.cookies.clear()
            for path in (f"/{quote(name)}", f"/login?email={quote(name)}", f"/auth-redirect?error={quote(name)}"):
                assert SIGN not in drop_addresses((await stranger.get(path)).text, name), path
    async with httpx.AsyncClient(base_url=where, timeout=60, follow_redirects=True) as owner:
        paths = list(dict.fromkeys(re.findall(r'href="(/outbox/[^"/]+)"', (await owner.get("/outbox")).text)))
        assert len(paths) > times, paths
        for path in paths:
            await reads(owner, path)
    return len(paths)


async def reads(owner: httpx.AsyncClient, path: str) -> None:
    """A mail as text and as HTML, and where its link leads."""
    page, alone = (await owner.get(path)).text, (await owner.get(f"{path}/html")).text
    found = re.search(r'href="([^"]*/_auth/verify[^"]*)"', page)
    assert found, path
    owner.cookies.clear()
    landing = await owner.get(found[1].replace("&amp;", "&"))
    assert landing.status_code == 200, landing.text
    for text in (page, alone, landing.text):
        assert SIGN not in text, text
        assert "900 555" not in text, text


def drop_addresses(page: str, name: str) -> str:
    """Without where the page's own forms lead back to, which is what its visitor asked for."""
    return page.replace(quote(name), "").replace(quote(quote(name)), "")
