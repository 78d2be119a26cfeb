"""A person at the site whose browser runs htmx 4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import httpx

from tests.kit import inspection
from tests.kit.markup import Document, Element, find_inherited, parse
from tests.kit.visitor import Visitor, origin_of
from tests.kit.visitor_forms import Entries, Form, encode_form, plain, submits_a_form


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
            assert not find_inherited(source, attribute), f"{attribute} in {source} is not understood by this visitor"
        exchange = Exchange(
            source,
            self._target(find_inherited(source, "hx-target") or "this", source),
            find_inherited(source, "hx-swap") or "innerHTML",
            find_inherited(source, "hx-select"),
        )
        method = "POST" if source.has("hx-post") else "GET"
        url, body, content_type = urljoin(self.url, source.get(f"hx-{method.lower()}")), b"", ""
        if method == "POST":
            body, content_type = encode_form(entries, form.element.get("enctype") if form else "")
        else:
            url = with_query(url, entries)
        headers = self._htmx_headers(exchange)
        await self._take(exchange, await self._send(method, url, headers, body, content_type, origin_of(self.url)))

    def _htmx_headers(self, exchange: Exchange) -> dict[str, str]:
        body = self.html.find("body[data-whose]")
        return {
            **({"X-Whose": body.get("data-whose")} if body else {}),
            "Accept": "text/html",
            "HX-Request": "true",
            "HX-Request-Type": "full" if exchange.is_full else "partial",
            "HX-Source": identify(exchange.source),
            "HX-Target": identify(exchange.target),
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
        said = next(filter(None, (find_inherited(exchange.source, pattern) for pattern in patterns)), "")
        told |= {key: value.strip("\"'") for key, value in HCON.findall(said)}
        exchange.swap = told["swap"] or exchange.swap
        exchange.select = told["select"] or exchange.select
        if target := dict(HCON.findall(exchange.swap)).get("target") or told["target"]:
            exchange.target = self._target(target, exchange.source)

    def _swap_in(self, exchange: Exchange, response: httpx.Response) -> None:
        answer = self._read_answer(exchange, response)
        partials = detach(answer, "hx-partial")
        titles = detach(answer, "title")
        new = answer.children if answer.find("body") is None else answer.all("body")[0].children
        if exchange.select:
            new = [*answer.all(exchange.select)]
            assert new or exchange.style == "none", f"nothing in the answer of {response.url} is {exchange.select!r}"
        if exchange.style == "delete" or any(map(is_content, new)) or not partials:
            self._put(exchange.style, exchange.target, new)
        for partial in partials:
            target = self._target(partial.get("hx-target") or f"#{partial.id}", partial)
            self._put(SWAPS[(partial.get("hx-swap") or "innerHTML").split()[0]], target, partial.children)
        self._focus_refused_field(exchange.source)
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

    def _focus_refused_field(self, source: Element) -> None:
        """Do as static/js/site/focus.js where an edit in place was refused and its field stays in the page."""
        form = self.html.find(f"#{source.id}") if source.id and source.has("data-escape") else None
        refused = form.find("[aria-invalid]") if form else None
        self.focused = refused.id if refused else self.focused

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
        detach(document, "noscript")  # not for this person; but it was inspected
        return document

    def _note_address(self, exchange: Exchange, response: httpx.Response) -> None:
        pushed = response.headers.get("HX-Push-Url") or response.headers.get("HX-Replace-Url")
        pushed = (
            pushed
            or find_inherited(exchange.source, "hx-push-url")
            or find_inherited(exchange.source, "hx-replace-url")
        )
        if pushed and pushed != "false":
            self.url = str(response.url) if pushed == "true" else urljoin(self.url, pushed)


def is_asked_by_htmx(element: Element) -> bool:
    return element.has("hx-get") or element.has("hx-post")


def identify(element: Element) -> str:
    return f"{element.tag}#{quote(element.id)}" if element.id else element.tag


def with_query(url: str, entries: Entries) -> str:
    """As htmx does it: a field replaces what the address says of the same name."""
    parts = urlsplit(url)
    old = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in old if name not in dict(entries)]
    return parts._replace(query=urlencode(kept + plain(entries)), fragment="").geturl()


def detach(document: Document, selector: str) -> list[Element]:
    found = document.all(selector)
    for element in found:
        element.remove()
    return found


def is_content(node: Element | str) -> bool:
    return isinstance(node, Element) or bool(node.strip())


def is_only_partials(html: str) -> bool:
    contents = [node for node in parse(html).children if is_content(node)]
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
