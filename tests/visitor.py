"""A person at the site: `Visitor` has no JavaScript, `HtmxVisitor` has htmx; both are told the same sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import httpx

from tests import inspection
from tests.inspection import Document, Element, Upload, inherited, words

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAVIGATION_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SESSION_COOKIES = ("session", "__Host-session")
SELECTOR_LIKE = re.compile(r"header|nav|main|footer|dialog|[a-z]*[#.][\w-]+")

Typed = str | bool | tuple[str, bytes, str]
Entries = list[tuple[str, str | Upload]]


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


class Form:
    """A form, filled in and sent as a browser does it."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def controls(self, name: str = "") -> list[Element]:
        named = [control for control in self.element.root().all(inspection.FIELDS) if control.get("name")]
        return [each for each in named if form_of(each) is self.element and name in ("", each.get("name"))]

    def fill(self, name: str, value: Typed) -> None:
        controls = [control for control in self.controls(name) if not is_disabled(control)]
        known = sorted({control.get("name") for control in self.controls()})
        assert controls, f"there is no field {name!r} in {self.element}, only {known}"
        for control in controls:
            fill(control, value)
        if isinstance(value, str) and controls[0].get("type") == "radio":
            assert any(map(is_chosen, controls)), f"{name!r} offers no {value!r}"

    def entries(self, button: Element | None = None) -> Entries:
        sent = [entry for control in self.controls() if not is_disabled(control) for entry in entries_of(control)]
        if button is not None and button.get("name"):
            sent.append((button.get("name"), button.get("value")))
        return sent

    def refuse_what_a_browser_refuses(self, button: Element) -> None:
        if self.element.has("novalidate") or button.has("formnovalidate"):
            return
        for control in self.controls():
            value = value_of(control)
            wrong = (control.has("required") and not value) or (control.get("type") == "email" and value[:1] == "@")
            assert not wrong, f"a browser would not send this form, because of {control}"


def form_of(control: Element) -> Element | None:
    if control.has("form"):
        return control.root().by_id(control.get("form"))
    return control.closest("form")


def submits_a_form(button: Element) -> bool:
    return button.get("type") in ("", "submit", "image")


def is_disabled(control: Element) -> bool:
    return control.has("disabled") or any(each.matches("fieldset[disabled]") for each in control.above())


def is_chosen(control: Element) -> bool:
    if isinstance(control.typed, bool):
        return control.typed
    return control.has("checked") or control.has("selected")


def options_of(select: Element) -> list[Element]:
    options = select.all("option")
    return [option for option in options if is_chosen(option)] or options[: 0 if select.has("multiple") else 1]


def option_value(option: Element) -> str:
    return option.get("value") if option.has("value") else option.text()


def value_of(control: Element) -> str:
    """What stands in a field now."""
    if control.tag == "select":
        return option_value(chosen[0]) if (chosen := options_of(control)) else ""
    if control.get("type") in ("checkbox", "radio"):
        return (control.get("value") or "on") if is_chosen(control) else ""
    if isinstance(control.typed, Upload):
        return control.typed.filename
    if isinstance(control.typed, str):
        return control.typed
    if control.tag == "textarea":  # the line break after the start tag is not part of the text
        return "".join(child for child in control.children if isinstance(child, str)).removeprefix("\n")
    return "" if control.get("type") == "file" else control.get("value")


def fill(control: Element, value: Typed) -> None:
    kind = control.get("type")
    if kind in ("checkbox", "radio"):
        control.typed = value if isinstance(value, bool) else control.get("value") == value
    elif control.tag == "select":
        choose(control, str(value))
    elif kind == "file":
        assert isinstance(value, tuple), f"{control} takes (filename, content, type)"
        control.typed = Upload(*value)
    else:
        assert isinstance(value, str), f"{control} takes words, not {value!r}"
        control.typed = value if control.tag == "textarea" or kind == "hidden" else re.sub(r"[\r\n]", "", value)


def choose(select: Element, wanted: str) -> None:
    options = select.all("option")
    assert any(wanted in (option_value(o), o.text()) for o in options), f"{select} does not offer {wanted!r}"
    for option in options:
        option.typed = wanted in (option_value(option), option.text())


def entries_of(control: Element) -> Entries:
    name, kind = control.get("name"), control.get("type")
    if kind in ("submit", "button", "reset", "image"):
        return []
    if control.tag == "select":
        return [(name, option_value(option)) for option in options_of(control)]
    if kind in ("checkbox", "radio") and not is_chosen(control):
        return []
    if kind == "file":
        nothing_chosen = Upload("", b"", "application/octet-stream")
        return [(name, control.typed if isinstance(control.typed, Upload) else nothing_chosen)]
    return [(name, re.sub(r"\r\n|\r|\n", "\r\n", value_of(control)))]


def encoded(entries: Entries, enctype: str = "") -> tuple[bytes, str]:
    """The body and its Content-Type. httpx leaves out the file name of an empty file field; browsers do not."""
    if enctype != "multipart/form-data":
        return urlencode(plain(entries)).encode(), "application/x-www-form-urlencoded"
    boundary = f"----geckoformboundary{token_hex(16)}"
    parts = [f"--{boundary}\r\n".encode() + multipart(*entry) for entry in entries]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"{enctype}; boundary={boundary}"


def multipart(name: str, value: str | Upload) -> bytes:
    head = f'Content-Disposition: form-data; name="{quoted(name)}"'
    if isinstance(value, str):
        return f"{head}\r\n\r\n{value}\r\n".encode()
    head += f'; filename="{quoted(value.filename)}"\r\nContent-Type: {value.type}'
    return f"{head}\r\n\r\n".encode() + value.content + b"\r\n"


def quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def plain(entries: Entries) -> list[tuple[str, str]]:
    return [(name, value if isinstance(value, str) else value.filename) for name, value in entries]


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
        return words(" ".join(error.text() for error in errors)).removeprefix("Error:").strip()

    def links(self) -> list[Link]:
        return [Link(link.name(), link.get("href")) for link in self.html.all("a[href]")]

    def buttons(self) -> list[str]:
        return [button.name() for button in self.html.all("button, input[type=submit]")]

    def _fields(self, name: str, within: str) -> list[Element]:
        fields = [field for field in self.html.all(inspection.FIELDS) if field.get("name") == name]
        fields = narrowed(fields, within) if within else fields
        assert fields, f"there is no field {name!r} at {self.url}: {self.text!r}"
        return fields

    def _choose(self, selector: str, name: str, within: str) -> Element:
        """By its whole name, else by a part of it; never one of several."""
        there = [element for element in self.html.all(selector) if inspection.is_reachable(element)]
        there = narrowed(there, within) if within else there
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
        await self._navigate("POST", url, *encoded(form.entries(button), enctype))
        first = self.responses[0]
        after = first.status_code == 303 or first.status_code >= 400 or in_place
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
        return [cookie.value or "" for cookie in self.http.cookies.jar if cookie.name in SESSION_COOKIES]

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


def narrowed(candidates: list[Element], within: str) -> list[Element]:
    """Those in what `within` selects (`header`, `#sessions`, `li.current`), else those closest to its text."""
    if SELECTOR_LIKE.fullmatch(within):
        return [candidate for candidate in candidates if candidate.closest(within)]
    around = [(innermost_with(words(within), candidate), candidate) for candidate in candidates]
    smallest = min((size for size, _ in around if size), default=0)
    return [candidate for size, candidate in around if size and size == smallest]


def innermost_with(text: str, candidate: Element) -> int:
    """How many words long the smallest region around the candidate is that shows the text; 0 for none."""
    return next((len(shown) for each in candidate.above() if text in (shown := each.text())), 0)


@dataclass
class Exchange:
    """One request by htmx: who asked, and what is to become of the answer."""

    source: Element
    target: Element
    swap: str
    select: str
    is_full: bool = False  # a whole page was asked for: it is chosen from, or replaces all

    def __post_init__(self) -> None:
        self.is_full = bool(self.select) or self.target.tag == "body"

    @property
    def expected_id(self) -> str:
        replaced = self.style in ("outerHTML", "outerMorph") and not self.select
        return self.target.id if replaced else ""

    @property
    def style(self) -> str:
        style = self.swap.split()[0]
        assert style in SWAPS, f"hx-swap={self.swap!r} in {self.source} is not understood by this visitor"
        return SWAPS[style]


SWAPS = {style: style for style in ("innerHTML", "innerMorph", "outerHTML", "outerMorph", "textContent", "delete")}
SWAPS |= {"none": "none", "beforebegin": "before", "afterbegin": "prepend", "beforeend": "append", "afterend": "after"}
SWAPS |= {style: style for style in ("before", "prepend", "append", "after")}
NOT_UNDERSTOOD = ("hx-boost", "hx-vals", "hx-include", "hx-headers", "hx-select-oob", "hx-action", "hx-encoding")
HCON = re.compile(r"""([\w-]+):("[^"]*"|'[^']*'|\S+)""")


class HtmxVisitor(Visitor):
    """A person whose browser runs htmx 4: links and forms that say so are asked for in parts."""

    javascript = True

    async def _follow(self, link: Element) -> None:
        if not is_asked_by_htmx(link):
            await super()._follow(link)
            return
        self.focused = link.id
        await self._ask(link, [])

    async def _press(self, button: Element, form: Form | None, in_place: bool) -> None:
        if is_asked_by_htmx(button):  # by GET, a button's form stays at home
            sends_form = form is not None and button.has("hx-post")
            await self._ask(button, form.entries(button) if form and sends_form else [], form)
        elif form and submits_a_form(button) and is_asked_by_htmx(form.element):
            form.refuse_what_a_browser_refuses(button)
            await self._ask(form.element, form.entries(button), form)
        else:
            await super()._press(button, form, in_place)

    async def _ask(self, source: Element, entries: Entries, form: Form | None = None) -> None:
        for attribute in NOT_UNDERSTOOD:
            assert not inherited(source, attribute), f"{attribute} in {source} is not understood by this visitor"
        exchange = Exchange(
            source,
            self._target(inherited(source, "hx-target") or "this", source),
            inherited(source, "hx-swap") or "innerHTML",
            inherited(source, "hx-select"),
        )
        method = "POST" if source.has("hx-post") else "GET"
        url, body, content_type = urljoin(self.url, source.get(f"hx-{method.lower()}")), b"", ""
        if method == "POST":
            body, content_type = encoded(entries, form.element.get("enctype") if form else "")
        else:
            url = with_query(url, entries)
        headers = self._htmx_headers(exchange)
        await self._take(exchange, await self._send(method, url, headers, body, content_type, origin_of(self.url)))

    def _htmx_headers(self, exchange: Exchange) -> dict[str, str]:
        return {
            "Accept": "text/html",
            "HX-Request": "true",
            "HX-Request-Type": "full" if exchange.is_full else "partial",
            "HX-Source": identified(exchange.source),
            "HX-Target": identified(exchange.target),
            "HX-Current-URL": self.url,
            "Sec-Fetch-Mode": "same-origin",  # htmx 4's default; a browser sends the mode fetch() was given
            "Sec-Fetch-Dest": "empty",
        }

    async def _take(self, exchange: Exchange, response: httpx.Response) -> None:
        self.response = response
        headers = response.headers
        assert "HX-Location" not in headers, "HX-Location is not understood by this visitor"
        if headers.get("HX-Refresh") == "true" or "HX-Redirect" in headers:
            await self._navigate("GET", urljoin(self.url, headers.get("HX-Redirect", "")))
            return
        self._obey(exchange, response)
        if response.status_code not in (204, 304):
            self._swap_in(exchange, response)
            self._note_address(exchange, response)

    def _obey(self, exchange: Exchange, response: httpx.Response) -> None:
        """What the answer says about itself; what the page says about such answers (hx-status) outranks it."""
        told = {key: response.headers.get(f"HX-Re{key}", "") for key in ("target", "swap", "select")}
        code = str(response.status_code)
        patterns = (f"hx-status:{pattern}" for pattern in (code, f"{code[:2]}x", f"{code[:1]}xx"))
        said = next(filter(None, (inherited(exchange.source, pattern) for pattern in patterns)), "")
        told |= {key: value.strip("\"'") for key, value in HCON.findall(said)}
        exchange.swap = told["swap"] or exchange.swap
        exchange.select = told["select"] or exchange.select
        if target := dict(HCON.findall(exchange.swap)).get("target") or told["target"]:
            exchange.target = self._target(target, exchange.source)

    def _swap_in(self, exchange: Exchange, response: httpx.Response) -> None:
        answer = self._read_answer(exchange, response)
        partials = detached(answer, "hx-partial")
        titles = detached(answer, "title")
        new = answer.children if answer.find("body") is None else answer.all("body")[0].children
        if exchange.select:
            new = [*answer.all(exchange.select)]
            assert new or exchange.style == "none", f"nothing in the answer of {response.url} is {exchange.select!r}"
        if exchange.style == "delete" or any(map(is_content, new)) or not partials:
            self._put(exchange.style, exchange.target, new)
        for partial in partials:
            target = self._target(partial.get("hx-target") or f"#{partial.id}", partial)
            self._put(SWAPS[(partial.get("hx-swap") or "innerHTML").split()[0]], target, partial.children)
        if titles and exchange.style != "none":
            self._put("innerHTML", self.html.all("title")[0], titles[-1].children)
        address = f"{self.url} after {response.request.method} {response.url.path}"
        inspection.inspect_again(self.html, **self._given(address))

    def _read_answer(self, exchange: Exchange, response: httpx.Response) -> Document:
        inspection.inspect_response(response, secrets=self._secrets())
        if re.match(r"\s*<(!doctype|html|body)\b", response.text, re.IGNORECASE):
            told = f"asked {response.url} for a fragment and got a whole page ({response.status_code})"
            assert exchange.is_full, told
            return self._read(response)
        address = f"the fragment of {response.request.method} {response.url.path}"
        expected_id = "" if is_only_partials(response.text) else exchange.expected_id  # the target is left alone then
        return inspection.inspect_fragment(response.text, expected_id, page=self.html, **self._given(address))

    def _put(self, style: str, target: Element, new: Sequence[Element | str]) -> None:
        nodes = list(new)
        if style.endswith("Morph"):
            keep_what_was_typed(target, nodes)
        swap(style, target, nodes)
        if self.focused and not self.has(self.focused):
            self.focused = ""
        for node in nodes if style not in ("none", "delete", "textContent") else []:
            wanted = first_autofocus(node)
            self.focused = wanted.id if wanted else self.focused

    def _target(self, selector: str, source: Element) -> Element:
        if selector == "this":
            return next((each for each in source.above() if each.get("hx-target:inherited") == "this"), source)
        found = self.html.find(selector)
        assert found is not None, f"the target {selector!r} of {source} is not on the page {self.url}"
        return found

    def _read(self, response: httpx.Response) -> Document:
        document = super()._read(response)
        detached(document, "noscript")  # not for this person; but it was inspected
        return document

    def _note_address(self, exchange: Exchange, response: httpx.Response) -> None:
        pushed = response.headers.get("HX-Push-Url") or response.headers.get("HX-Replace-Url")
        pushed = pushed or inherited(exchange.source, "hx-push-url") or inherited(exchange.source, "hx-replace-url")
        if pushed and pushed != "false":
            self.url = str(response.url) if pushed == "true" else urljoin(self.url, pushed)


def is_asked_by_htmx(element: Element) -> bool:
    return element.has("hx-get") or element.has("hx-post")


def identified(element: Element) -> str:
    return f"{element.tag}#{quote(element.id)}" if element.id else element.tag


def with_query(url: str, entries: Entries) -> str:
    """As htmx does it: a field replaces what the address says of the same name."""
    parts = urlsplit(url)
    old = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in old if name not in dict(entries)]
    return parts._replace(query=urlencode(kept + plain(entries)), fragment="").geturl()


def detached(document: Document, selector: str) -> list[Element]:
    found = document.all(selector)
    for element in found:
        element.remove()
    return found


def is_content(node: Element | str) -> bool:
    return isinstance(node, Element) or bool(node.strip())


def is_only_partials(html: str) -> bool:
    contents = [node for node in inspection.parse(html).children if is_content(node)]
    return bool(contents) and all(isinstance(node, Element) and node.tag == "hx-partial" for node in contents)


def first_autofocus(node: Element | str) -> Element | None:
    if isinstance(node, str) or node.has("autofocus"):
        return node if isinstance(node, Element) else None
    return node.find("[autofocus]")


def keep_what_was_typed(target: Element, nodes: Iterable[Element | str]) -> None:
    """A morph keeps a field, and what is typed in it, unless the server says another value than before."""
    for node in nodes:
        for new in [node, *node.all()] if isinstance(node, Element) else []:
            old = target.by_id(new.id) if new.id else None
            if old and old.tag == new.tag and (new.get("value") == old.get("value") or not new.has("value")):
                new.typed = old.typed


def swap(style: str, target: Element, nodes: list[Element | str]) -> None:
    if style == "none":
        return
    if style in ("innerHTML", "innerMorph"):
        target.children.clear()
    if style in ("innerHTML", "innerMorph", "append"):
        target.insert(len(target.children), nodes)
    elif style == "textContent":
        target.children[:] = ["".join(node if isinstance(node, str) else node.text() for node in nodes)]
    elif style == "prepend":
        target.insert(0, nodes)
    else:
        swap_beside(style, target, nodes)


def swap_beside(style: str, target: Element, nodes: list[Element | str]) -> None:
    parent, at = target.position()
    if style in ("delete", "outerHTML", "outerMorph"):
        target.remove()
    if style != "delete":
        parent.insert(at + (style == "after"), nodes)
