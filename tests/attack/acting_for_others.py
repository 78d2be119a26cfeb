"""Making somebody's browser act, leading people astray, and putting markup where text belongs."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator
from urllib.parse import quote

import httpx
from starlette.routing import Route

from tests.attack.world import World
from tests.kit.people import ADA, GRACE, LOGIN_LINK, Person, is_signed_in, logs_out
from web.routes import pages, public_routes

EVIL = "https://evil.example"
POSTS = sorted(
    route.path.replace("{id}", "0123456789abcdef").replace("{provider}", "p0")
    for route in [*pages, *public_routes]
    if isinstance(route, Route) and "POST" in (route.methods or ())
)
CANARY = "words that only this form holds"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tabs and ends of lines
FIELDS = ("email", "name", "password", "label", "next")
FETCH_SITES = ("cross-site", "same-site", "", "anything", None)
LEADS_AWAY = (
    *(EVIL, "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
    *("https:evil.example", "javascript:alert(1)", "data:text/html,x", "/%2f%2fevil.example", " //evil.example"),
    *("/profile\r\nSet-Cookie: a=b", "//evil.example@127.0.0.1", "/..//evil.example", "／／evil.example"),
    *("http://127.0.0.1@evil.example", "/\u2028//evil.example"),
)
MARKUP = "<script>alert(1)</script>"
MISLEADING = (
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "X-Rewrite-URL", "Forwarded"),
    *("HX-Current-URL", "Referer"),
)
HTMX = (
    *("HX-Request", "HX-Request-Type", "HX-Boosted", "HX-Current-URL", "HX-Target", "HX-Trigger", "HX-Trigger-Name"),
    *("HX-Source", "HX-Prompt", "HX-History-Restore-Request", "HX-Redirect", "HX-Location", "HX-Retarget"),
)
HTMX_TEXTS = (f"{EVIL}/x", "true", "TRUE", "partial", "full", "", f"#{MARKUP}", "body", "..", "x" * 4000)
TEXTS = (
    MARKUP,
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "\u202egnp.exe",
    "a\x1b[31mred\x07",
    "a\r\nBcc: mallory@example.com",
    "a\0b",
    "</title></textarea><svg/onload=alert(1)>",
)


async def posts_from_elsewhere(world: World) -> int:
    """Every form, in every combination of what browsers say about where a request comes from."""
    async with world.visitor(ADA) as visitor:
        tried = 0
        for path, headers in itertools.product(POSTS, foreign(world.site.url)):
            typed = dict.fromkeys(FIELDS, CANARY)
            answer = await visitor.http.post(path, data=typed, headers=headers)
            assert answer.status_code == 403, f"{path} {headers}: {answer.status_code}"
            assert CANARY not in answer.text, path
            tried += 1
        assert await is_signed_in(visitor)
        return tried


def foreign(own: str) -> Iterator[dict[str, str]]:
    port = httpx.URL(own).port
    nearly = (f"https://127.0.0.1:{port}", "http://127.0.0.1", f"{own}.evil.example", f"{own}0")
    for site in FETCH_SITES:
        for origin in (EVIL, "null", "", *nearly, own, None):
            if site is None and origin in (own, None):
                continue
            named = {"Sec-Fetch-Site": site, "Origin": origin}
            yield {name: value for name, value in named.items() if value is not None}


async def pages_of_another_account(world: World) -> int:
    """Every form on a page of Ada's, sent when Grace is the one who is logged in: nothing of hers changes."""
    async with world.visitor(ADA) as ada, world.visitor(GRACE) as grace:
        await ada.opens("/profile")
        whose = next(field.get("value") for field in ada.html.all("input[name=whose]"))
        before = (await grace.http.get("/profile")).text
        tried = 0
        for path in POSTS:
            if path.startswith(("/profile", "/logout", "/language")):
                for more in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                    typed = {"whose": whose, "name": CANARY, "label": CANARY, "language": "de"}
                    answer = await grace.http.post(path, data=typed, headers=more)
                    assert answer.status_code == 409, f"{path}: {answer.status_code}"
                    assert ADA.email in answer.text, path
                    tried += 1
        assert await is_signed_in(grace)
        assert CANARY not in (await grace.http.get("/profile")).text
        assert 'lang="en"' in before
        return tried


async def ways_back_to_another_site(world: World) -> int:
    """What an error page offers as a way back, for paths that a browser would take for another site."""
    paths = [
        b"//evil.example/login",
        b"/\\evil.example/login",
        b"/%09/evil.example",
        b"/%5Cevil.example",
        b"/%0a//evil",
    ]
    async with httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
        for path, method in itertools.product(paths, ("GET", "POST")):
            request = http.build_request(method, "/", headers={"Sec-Fetch-Site": "cross-site"})
            request.url = request.url.copy_with(raw_path=path)
            answer = await http.send(request)
            assert leads_home(answer), f"{path!r}: {answer.headers}"
            away = [link for link in re.findall(r'(?:href|action)="([^"]*)"', answer.text) if not is_ours(link)]
            assert not away, f"{path!r}: {away}"
    return 2 * len(paths)


def is_ours(link: str) -> bool:
    return link.startswith("#") or (link.startswith("/") and not re.match(r"/\s*[/\\]", link))


async def framing(world: World) -> int:
    async with world.visitor(ADA) as visitor:
        paths = ("/profile", "/login", "/logout", "/no-such-page", "/profile/name")
        for path in paths:
            headers = (await visitor.http.get(path, follow_redirects=True)).headers
            assert headers["x-frame-options"] == "DENY", path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        return len(paths)


async def ways_to_another_site(world: World) -> int:
    """`next` of any content, before and after it is used; Host and forwarding headers; what htmx is told."""
    tried = 0
    async with world.visitor(ADA) as visitor:
        for wanted in LEADS_AWAY:
            for path in ("/login", "/register", "/login-with-magic-link"):
                answer = await visitor.http.get(path, params={"next": wanted})
                assert leads_home(answer), f"{path} {wanted!r}: {answer.headers}"
                tried += 1
        await logs_out(visitor)
        for wanted in LEADS_AWAY:
            for more in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                typed = {"email": ADA.email, "password": ADA.password, "next": wanted}
                async with httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
                    answer = await http.post("/login", data=typed, headers=more)
                assert "session" in answer.cookies, answer.text
                assert leads_home(answer), f"{wanted!r}: {answer.headers}"
                tried += 1
        for name in MISLEADING:
            answer = await visitor.http.get("/profile", headers={name: f"{EVIL}/x"})
            assert leads_home(answer), name
            assert "evil.example" not in answer.text, name
        for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", "evil.example:80@127.0.0.1", ""):
            answer = await visitor.http.get("/login", headers={"Host": host})
            assert answer.status_code in (400, 421), f"{host}: {answer.status_code}"
            assert "evil.example" not in answer.text
        return tried + len(MISLEADING) + 5


def leads_home(answer: httpx.Response) -> bool:
    target = answer.headers.get("location") or answer.headers.get("hx-redirect") or "/"
    return target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target


async def htmx_headers_of_any_content(world: World) -> int:
    """What anybody can send as htmx: answered in the right shape, led nowhere else, and never repeated."""
    async with world.visitor(ADA) as visitor:
        tried = 0
        for path, name, text in itertools.product(("/profile", "/profile/name", "/logout"), HTMX, HTMX_TEXTS):
            for more in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                headers = {**more, name: text}
                for answer in (
                    await visitor.http.get(path, headers=headers),
                    await visitor.http.post("/profile/name", data={"name": ""}, headers=headers),
                ):
                    assert answer.status_code in (200, 422), f"{name}: {text!r}: {answer.status_code}"
                    assert leads_home(answer), f"{name}: {text!r}: {answer.headers}"
                    told = answer.text + "".join(answer.headers.values())
                    assert "evil.example" not in told, f"{name}: {text!r}"
                    assert MARKUP not in told, f"{name}: {text!r}"
                    tried += 1
        assert await is_signed_in(visitor)
        return tried


async def hostile_texts(world: World) -> int:
    """As name, file name, browser and label: shown as text or refused, and nowhere as markup."""
    tried = 0
    for number, text in enumerate(TEXTS):
        person = Person(f"hostile{number}@example.com", "Harmless")
        async with world.visitor(person) as visitor:
            visitor.headers["User-Agent"] = as_header(text)
            await visitor.http.post("/profile/name", data={"name": text})
            await visitor.http.post(
                "/profile/avatar", files={"avatar": (text, b"no photo", text.encode("ascii", "replace").decode())}
            )
            await visitor.http.post("/login", data={"email": text, "password": text, "next": text})
            async with httpx.AsyncClient(base_url=world.site.url, headers={"User-Agent": as_header(text)}) as other:
                await other.post("/login", data={"email": person.email, "password": person.password})
            await labels_all(visitor.http, text)
            await visitor.http.get(f"/{quote(text, safe='')}")
            for path in ("/profile", "/profile/name", "/login", "/auth-redirect"):
                answer = await visitor.http.get(path, params={"next": text, "error": text, "status": "400"})
                assert is_harmless(answer.text, text), f"{path}: {text!r}"
                assert "mallory" not in "".join(answer.headers.values()), f"{path}: {text!r}"
                tried += 1
            await visitor.http.post("/logout")
            await visitor.http.post("/login-with-magic-link", data={"email": person.email})
            mail = await fetch_newest_mail(world, person)
            assert is_harmless(mail, text), text
            assert not CONTROLS.search(mail), text
            assert "Bcc:" not in mail, text
            tried += 1
    logs = b"".join(path.read_bytes() for path in world.folder.glob("*.log"))
    assert not CONTROLS.search(logs.decode())
    assert "\u202e" not in logs.decode()
    assert all(json.loads(line) for line in logs.decode().splitlines() if line.startswith("{"))
    return tried


async def labels_all(http: httpx.AsyncClient, text: str) -> None:
    for id_ in re.findall(r'id="session-([0-9a-f]{16})"', (await http.get("/profile")).text):
        await http.post(f"/profile/sessions/{id_}/label", data={"label": text})


async def fetch_newest_mail(world: World, person: Person) -> str:
    """The newest to them, by plain HTTP: what is inspected here is the text, not the page around it."""
    where = (world.backend or world.site).url
    async with httpx.AsyncClient(base_url=where, timeout=60) as http:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for path in re.findall(r'href="(/outbox/[^"]+)"', (await http.get("/outbox")).text):
                page = (await http.get(path)).text
                if person.email in page and LOGIN_LINK in page:
                    return page + (await http.get(f"{path}/html")).text
    raise AssertionError(f"no mail to {person.email}")


def is_harmless(html: str, text: str) -> bool:
    """Neither as it is nor calculated; escaped, it may stand there."""
    return not ("<" in text and text in html) and "<img src=x" not in html and ">49<" not in html


def as_header(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isprintable())
