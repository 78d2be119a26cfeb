"""A person at the site. `Visitor` has no JavaScript; `HtmxVisitor`, next door, is told the same sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from tests.kit import inspection
from tests.kit.markup import FIELDS, Document, Element, is_reachable, words
from tests.kit.visitor_forms import Form, Typed, encode_form, form_of, is_disabled, plain, submits_a_form, value_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAVIGATION_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SESSION_COOKIES = ("session", "__Host-session")
SELECTOR_LIKE = re.compile(r"header|nav|main|footer|dialog|[a-z]*[#.][\w-]+")


class Link(NamedTuple):
    name: str
    href: str


class Seen:
    """True or false; a failing assertion shows the page's words, not only `False`."""

    def __init__(self, answer: bool, text: str) -> None:
        self.answer = answer
        self.text = text

    def __bool__(self) -> bool:
        return self.answer

    def __repr__(self) -> str:
        return f"{self.answer}, on a page that says {self.text!r}"


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Visitor:
    """A person with a browser that knows no JavaScript."""

    javascript = False

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        user_agent: str = FIREFOX,
        language: str = "en",
        elsewhere: Iterable[str] = (),
        pictures_from: Iterable[str] = (),
    ) -> None:
        """`elsewhere` are the other origins this person may be led to; any other is an open redirect."""
        self.http = http
        self.headers = {"User-Agent": user_agent, "Accept-Language": language}
        self.site = origin_of(str(http.base_url))
        self.origins = {self.site, *elsewhere}
        self.pictures_from = tuple(pictures_from)
        self.url = f"{self.site}/"
        self.html: Document = Document()
        self.response = httpx.Response(0)
        self.responses: list[httpx.Response] = []  # every answer to the last act, redirects included
        self.focused = ""  # the id of what has the keyboard, "" for the page itself
        self.typed: set[str] = set()

    # acts

    async def opens(self, path: str) -> None:
        """As typed into the address bar, or clicked in a mail."""
        self._begin()
        await self._navigate("GET", urljoin(f"{self.site}/", path), from_outside=True)

    async def follows(self, link: str, /, *, within: str = "") -> None:
        element = self._choose("a[href]", link, within)
        self._begin()
        await self._follow(element)

    async def submits(self, button: str, /, *, within: str = "", in_place: bool = False, **fields: Typed) -> None:
        """Fill in the fields, press the button. `in_place`: its page may answer a POST with 200."""
        pressed = self._choose("button, input[type=submit], input[type=image]", button, within)
        assert not is_disabled(pressed), f"{pressed} is disabled"
        element = form_of(pressed)
        form = Form(element) if element else None
        assert form or not fields, f"{pressed} is in no form"
        self._remember(fields.values())
        for name, value in fields.items():
            assert form is not None
            form.fill(name, value)
        self._begin()
        self.focused = pressed.id
        await self._press(pressed, form, in_place)

    # requests of which no page is looked at: what is on the screen stays

    async def gets(self, url: str) -> httpx.Response:
        """Redirects are followed."""
        headers = {"Accept": NAVIGATION_ACCEPT, "Sec-Fetch-Site": "none"}
        return await self._send("GET", urljoin(f"{self.site}/", url), headers, b"", "", "")

    async def posts(self, path: str, **fields: str) -> httpx.Response:
        """As a form of the site does; where that leads is not asked for."""
        headers = {**self.headers, "Accept": NAVIGATION_ACCEPT, "Origin": self.site, "Sec-Fetch-Site": "same-origin"}
        response = await self.http.post(path, data=fields, headers=headers)
        assert response.status_code == 303, f"POST {path} answered {response.status_code}: {response.text}"
        return response

    # what the person sees

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def text(self) -> str:
        return self.html.text()

    @property
    def title(self) -> str:
        found = self.html.find("title")
        return found.name() if found else ""

    @property
    def heading(self) -> str:
        found = self.html.find("h1")
        return found.text() if found else ""

    @property
    def who(self) -> str:
        """The name beside the sections of the account; empty on other pages."""
        found = self.html.by_id("who")
        return found.all("strong")[0].text() if found else ""

    @property
    def status_message(self) -> str:
        return self.one("status").text()

    def sees(self, text: str) -> Seen:
        return Seen(words(text) in self.text, self.text)

    def does_not_see(self, text: str) -> Seen:
        return Seen(words(text) not in self.text, self.text)

    def one(self, element_id: str) -> Element:
        found = self.html.all(f"[id={element_id}]")
        assert len(found) == 1, f"{len(found)} elements with the id {element_id!r} at {self.url}: {self.text!r}"
        return found[0]

    def has(self, element_id: str) -> bool:
        return self.html.by_id(element_id) is not None

    def field(self, name: str, *, within: str = "") -> str:
        """What stands in the field; of a box or a choice, the value if it is chosen."""
        return next(filter(None, map(value_of, self._fields(name, within))), "")

    def error(self, name: str, *, within: str = "") -> str:
        """What is said to be wrong about the field, without the "Error:" that only screen readers hear."""
        described = self._fields(name, within)[0].get("aria-describedby").split()
        errors = [self.one(each) for each in described if "error" in each or "error" in self.one(each).get("class")]
        return re.sub(r"^(Error|Fehler):\s*", "", words(" ".join(error.text() for error in errors)))

    def links(self) -> list[Link]:
        return [Link(link.name(), link.get("href")) for link in self.html.all("a[href]")]

    def buttons(self) -> list[str]:
        """The page's own. Those at its foot are the same everywhere."""
        found = self.html.all("button, input[type=submit]")
        return [button.name() for button in found if is_reachable(button) and not button.closest("footer")]

    def _fields(self, name: str, within: str) -> list[Element]:
        fields = [field for field in self.html.all(FIELDS) if field.get("name") == name]
        fields = narrow(fields, within) if within else fields
        assert fields, f"there is no field {name!r} at {self.url}: {self.text!r}"
        return fields

    def _choose(self, selector: str, name: str, within: str) -> Element:
        """By its whole name, else by a part of it; never one of several."""
        there = [element for element in self.html.all(selector) if is_reachable(element)]
        there = narrow(there, within) if within else there
        named = [element for element in there if element.name() == words(name)]
        named = named or [element for element in there if words(name) in element.name()]
        same = selector == "a[href]" and len({link.get("href") for link in named}) == 1
        names = [element.name() for element in there]
        assert len(named) == 1 or same, f"{len(named)} are called {name!r} at {self.url}, among {names}: {self.text!r}"
        return named[0]

    # how a browser does it

    def _begin(self) -> None:
        self.responses = []

    def _remember(self, values: Iterable[Typed]) -> None:
        self.typed |= {value for value in values if isinstance(value, str)}

    async def _follow(self, link: Element) -> None:
        if link.get("href").startswith("#"):
            self.focused = self.one(link.get("href")[1:]).id
        else:
            await self._navigate("GET", urljoin(self.url, link.get("href")))

    async def _press(self, button: Element, form: Form | None, in_place: bool) -> None:
        assert form is not None, f"{button} is in no form and does nothing without JavaScript"
        assert submits_a_form(button), f"{button} does nothing without JavaScript"
        form.refuse_what_a_browser_refuses(button)
        method = (button.get("formmethod") or form.element.get("method") or "get").upper()
        url = urljoin(self.url, button.get("formaction") or form.element.get("action") or self.url)
        if method == "GET":
            query = urlencode(plain(form.entries(button)))
            await self._navigate("GET", urlsplit(url)._replace(query=query, fragment="").geturl())
            return
        enctype = button.get("formenctype") or form.element.get("enctype")
        await self._navigate("POST", url, *encode_form(form.entries(button), enctype))
        first = self.responses[0]
        # The contract's own links redirect by 302, which browsers take for 303.
        redirected = first.status_code == 303 or (first.status_code == 302 and first.url.path.startswith("/_auth/"))
        after = redirected or first.status_code >= 400 or in_place
        assert after, f"POST {first.url} answered {first.status_code}: reloading would send it again"

    async def _navigate(
        self, method: str, url: str, body: bytes = b"", content_type: str = "", *, from_outside: bool = False
    ) -> None:
        headers = {
            "Accept": NAVIGATION_ACCEPT,
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-User": "?1",
            "Upgrade-Insecure-Requests": "1",
        }
        initiator = "" if from_outside else origin_of(self.url)
        response = await self._send(method, url, headers, body, content_type, initiator)
        if response.status_code not in (204, 205):  # the browser stays where it is
            self._arrive(response)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes, content_type: str, initiator: str
    ) -> httpx.Response:
        """One request and the redirects it leads to, each seen."""
        chain: list[str] = []
        while len(chain) < 10:
            assert origin_of(url) in self.origins, f"led away to {url}, after {chain}"
            chain.append(url)
            sent = self.headers | headers | {"Sec-Fetch-Site": relation(initiator, chain)}
            if method == "POST":
                sent |= {"Content-Type": content_type, "Origin": initiator}
            request = self.http.build_request(method, url, headers=sent, content=body)
            response = await self.http.send(request, follow_redirects=False)
            self.responses.append(response)
            if not response.has_redirect_location:
                return response
            url = urljoin(url, response.headers["Location"])
            if response.status_code == 303 or (response.status_code in (301, 302) and method == "POST"):
                method, body = "GET", b""
        raise AssertionError(f"redirected without end: {chain}")

    def _arrive(self, response: httpx.Response) -> None:
        self.response = response
        self.url = str(response.url)
        self.html = self._read(response)
        first = self.html.find("[autofocus]")
        self.focused = first.id if first else ""

    def _read(self, response: httpx.Response) -> Document:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return plain_document(response)
        inspection.inspect_response(response, secrets=self._secrets())
        return inspection.inspect_page(response.text, path=response.url.path, **self._given(str(response.url)))

    def _secrets(self) -> list[str]:
        return [cookie.value or "" for cookie in self.http.cookies.jar if cookie.name.startswith(SESSION_COOKIES)]

    def _given(self, address: str) -> dict[str, Any]:
        return {"origins": self.pictures_from, "typed": self.typed, "address": address}


def plain_document(response: httpx.Response) -> Document:
    document = Document()
    if response.headers.get("Content-Type", "").startswith("text/"):
        document.append(response.text)
    return document


def relation(initiator: str, chain: Sequence[str]) -> str:
    """Sec-Fetch-Site: how far the farthest address of the chain is from who asked. A site has no port."""
    if not initiator:
        return "none"
    if all(origin_of(url) == initiator for url in chain):
        return "same-origin"
    hosts = {urlsplit(url).hostname for url in chain}
    return "same-site" if hosts == {urlsplit(initiator).hostname} else "cross-site"


def narrow(candidates: list[Element], within: str) -> list[Element]:
    """Those in what `within` selects (`header`, `#sessions`, `li.current`), else those closest to its text."""
    if SELECTOR_LIKE.fullmatch(within):
        return [candidate for candidate in candidates if candidate.closest(within)]
    around = [(innermost_with(words(within), candidate), candidate) for candidate in candidates]
    smallest = min((size for size, _ in around if size), default=0)
    return [candidate for size, candidate in around if size and size == smallest]


def innermost_with(text: str, candidate: Element) -> int:
    """How many words long the smallest region around the candidate is that shows the text; 0 for none."""
    return next((len(shown) for each in candidate.above() if text in (shown := each.text())), 0)
