"""What every page must satisfy, and the small tree of elements in which a test looks things up.

A rule is a function that yields what is wrong; its docstring is the rule as a person would say it. All complaints
about a page are told at once, because who repairs one wants to know the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

VOID = "area, base, br, col, embed, hr, img, input, link, meta, source, track, wbr"
INLINE = "a, abbr, b, bdi, bdo, button, code, em, i, kbd, mark, q, s, small, span, strong, sub, sup, time, u"
UNSEEN = "head, script, style, template, [hidden], [popover]"
SIMPLE_SELECTOR = re.compile(r"""([#.]?)([\w-]+)|\[([\w:-]+)(?:=["']?([^"'\]]*)["']?)?\]""")


class Upload(NamedTuple):
    """A file as a person chose it."""

    filename: str
    content: bytes
    type: str


class Element:
    """One element, its attributes as written and what a person has done to it since (`typed`)."""

    def __init__(self, tag: str, attributes: Mapping[str, str] | None = None) -> None:
        self.tag = tag
        self.attributes = dict(attributes or {})
        self.parent: Element | None = None
        self.children: list[Element | str] = []
        self.typed: str | bool | Upload | None = None

    def __repr__(self) -> str:
        attributes = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag}{attributes}>"[:200]

    @property
    def id(self) -> str:
        return self.get("id")

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attributes

    # looking around; selectors are simple ones (`form[method=post]`) with commas, nothing nested

    def matches(self, selector: str) -> bool:
        return any(all(self._is(*part) for part in simple_parts(one)) for one in selector.split(","))

    def _is(self, mark: str, word: str, attribute: str, value: str) -> bool:
        if attribute:
            return self.has(attribute) and value in ("", self.get(attribute))
        if mark == "#":
            return self.id == word
        return word in self.get("class").split() if mark == "." else self.tag == word

    def all(self, selector: str = "") -> list[Element]:
        return [element for element in self._below() if not selector or element.matches(selector)]

    def _below(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()

    def find(self, selector: str) -> Element | None:
        return next(iter(self.all(selector)), None)

    def by_id(self, wanted: str) -> Element | None:
        return next((element for element in self._below() if element.id == wanted), None)

    def above(self) -> Iterator[Element]:
        """The element itself and what encloses it, innermost first."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent

    def closest(self, selector: str) -> Element | None:
        return next((element for element in self.above() if element.matches(selector)), None)

    # words

    def text(self) -> str:
        """The words a person sees."""
        return words("".join(self._seen()))

    def _seen(self) -> Iterator[str]:
        if self.matches(UNSEEN) or (self.tag == "dialog" and not self.has("open")):
            return
        gap = "" if self.matches(INLINE) else " "
        yield gap
        for child in self.children:
            yield from [child] if isinstance(child, str) else child._seen()
        yield gap

    def name(self) -> str:
        """What assistive technology calls it."""
        labels = [self.root().by_id(label_id) for label_id in self.get("aria-labelledby").split()]
        labelled = " ".join(label._spoken() for label in labels if label is not None)
        return words(labelled or self._spoken() or self.get("title"))

    def _spoken(self) -> str:
        if self.get("aria-hidden") == "true" or self.matches("script, style, template"):
            return ""
        if own := self.get("aria-label") or self.get("alt") or (self.get("value") if self.tag == "input" else ""):
            return own
        spoken = "".join(child if isinstance(child, str) else child._spoken() for child in self.children)
        return spoken if self.matches(INLINE) else f" {spoken} "

    def root(self) -> Element:
        return list(self.above())[-1]

    # changing the tree, as a swap does

    def append(self, child: Element | str) -> None:
        self.insert(len(self.children), [child])

    def insert(self, at: int, children: Iterable[Element | str]) -> None:
        added = list(children)
        for child in added:
            if isinstance(child, Element):
                child.parent = self
        self.children[at:at] = added

    def position(self) -> tuple[Element, int]:
        assert self.parent is not None, f"{self} is no longer on the page"
        return self.parent, next(at for at, child in enumerate(self.parent.children) if child is self)

    def remove(self) -> None:
        parent, at = self.position()
        del parent.children[at]


class Document(Element):
    """A whole page or a fragment, as it was sent."""

    def __init__(self) -> None:
        super().__init__("#document")
        self.doctype = ""
        self.faults: list[str] = []


class _Reader(HTMLParser):
    """Builds the tree. What a browser would have to guess at (an end tag forgotten) is a fault, not guessed at here."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.open: list[Element] = [self.document]

    def handle_decl(self, decl: str) -> None:
        self.document.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if len(element.attributes) < len(attrs):
            self.document.faults.append(f"an attribute twice in {element}")
        self.open[-1].append(element)
        if not element.matches(VOID):
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not Element(tag).matches(VOID) and not any(element.tag in ("svg", "math") for element in self.open):
            self.document.faults.append(f"<{tag}/> does not close itself in HTML")
        super().handle_startendtag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if Element(tag).matches(VOID):
            return
        if tag not in [element.tag for element in self.open]:
            self.document.faults.append(f"</{tag}> closes nothing")
            return
        while (closed := self.open.pop()).tag != tag:
            self.document.faults.append(f"{closed} is not closed before </{tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)


def parse(html: str) -> Document:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.document.faults += [f"{element} is never closed" for element in reader.open[1:]]
    return reader.document


def words(text: str) -> str:
    return " ".join(text.split())


def simple_parts(selector: str) -> list[tuple[str, str, str, str]]:
    selector = selector.strip()
    assert re.fullmatch(f"(?:{SIMPLE_SELECTOR.pattern})+", selector), f"a selector not understood here: {selector!r}"
    return SIMPLE_SELECTOR.findall(selector)


# What is inspected

FIELDS = "input, select, textarea"
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [autofocus]"
REFERENCES = ("aria-describedby", "aria-labelledby", "for", "form", "list", "commandfor", "popovertarget")
PASSWORD_TOKENS = ("current-password", "new-password")
BACKEND_PAGES = ("/outbox", "/_auth")  # the backend's own pages: no htmx, no live region, no log-in


@dataclass(frozen=True)
class Subject:
    """A page or a fragment, and what may be taken as given."""

    tree: Document
    page_ids: frozenset[str] = frozenset()  # of the page a fragment will stand in
    origins: tuple[str, ...] = ()  # where pictures may come from
    typed: tuple[str, ...] = ()  # what people typed themselves; it may look like anything

    @cached_property
    def ids(self) -> frozenset[str]:
        return self.page_ids | {element.id for element in self.tree.all("[id]")}

    @property
    def is_fragment(self) -> bool:
        return self.tree.find("html") is None


Rule = Callable[[Subject], Iterator[str]]


def inspect_page(
    html: str, *, path: str = "/", origins: Iterable[str] = (), typed: Iterable[str] = (), address: str = ""
) -> Document:
    subject = Subject(parse(html), origins=tuple(origins), typed=tuple(typed))
    complain(address or path, subject, BACKEND_RULES if path.startswith(BACKEND_PAGES) else PAGE_RULES)
    return subject.tree


def inspect_again(tree: Document, *, origins: Iterable[str] = (), typed: Iterable[str] = (), address: str = "") -> None:
    """The page as a swap left it."""
    complain(address, Subject(tree, origins=tuple(origins), typed=tuple(typed)), PAGE_RULES)


def inspect_fragment(
    html: str,
    expected_id: str = "",
    *,
    page: Element | None = None,
    origins: Iterable[str] = (),
    typed: Iterable[str] = (),
    address: str = "a fragment",
) -> Document:
    page_ids = frozenset(element.id for element in page.all("[id]")) if page else frozenset()
    subject = Subject(parse(html), page_ids, tuple(origins), tuple(typed))
    complain(address, subject, FRAGMENT_RULES)
    roots = [e for e in subject.tree.children if isinstance(e, Element) and not e.matches("hx-partial, title")]
    stray = words("".join(child for child in subject.tree.children if isinstance(child, str)))
    if expected_id:
        ok = len(roots) == 1 and roots[0].id == expected_id and not stray
        assert ok, f"{address}: one root element with the id {expected_id!r} was expected, got {roots} {stray!r}"
    assert len(roots) + bool(stray) <= 1, f"{address}: a fragment has one root element, got {roots} {stray!r}"
    return subject.tree


def inspect_response(response: httpx.Response, *, secrets: Iterable[str] = ()) -> None:
    address = f"{response.request.method} {response.request.url} ({response.status_code})"
    backend = response.request.url.path.startswith(BACKEND_PAGES)
    complaints = [*_header_complaints(response.headers, backend)]
    complaints += ["the session cookie's value stands in the page"] * any(s and s in response.text for s in secrets)
    assert not complaints, "\n  ".join([f"{address}:", *complaints])


def _header_complaints(headers: httpx.Headers, backend: bool) -> Iterator[str]:
    expected = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    expected |= {"Content-Type": "text/html; charset=utf-8"}
    expected |= {} if backend else {"Referrer-Policy": "same-origin"}  # no-referrer would send `Origin: null`
    for name, value in expected.items():
        if headers.get(name, "").lower() != value.lower():
            yield f"{name} is {headers.get(name)!r}, not {value!r}"
    if not headers.get("Referrer-Policy"):
        yield "no Referrer-Policy"
    policy = headers.get("Content-Security-Policy", "")
    if not policy or "unsafe-" in policy:
        yield f"the Content-Security-Policy is {policy!r}"
    vary = {name.strip().lower() for name in headers.get("Vary", "").split(",")}
    if not backend and (missing := {"hx-request-type", "cookie", "accept-language"} - vary):
        yield f"Vary does not name {', '.join(sorted(missing))}"


def complain(address: str, subject: Subject, rules: Iterable[Rule]) -> None:
    complaints = [f"{rule.__doc__} {found}" for rule in rules for found in rule(subject)]
    assert not complaints, "\n  ".join([f"{address}:", *complaints])


# The frame of a page


def doctype(subject: Subject) -> Iterator[str]:
    """A page starts with <!doctype html>:"""
    if subject.tree.doctype.lower() != "doctype html":
        yield f"it starts with {subject.tree.doctype!r}"


def language(subject: Subject) -> Iterator[str]:
    """A page says its language:"""
    html = subject.tree.find("html")
    if html is None or not html.get("lang"):
        yield f"{html}"


def title(subject: Subject) -> Iterator[str]:
    """A page has a title:"""
    found = subject.tree.find("title")
    if found is None or not words(found._spoken()):
        yield f"{found}"


def viewport(subject: Subject) -> Iterator[str]:
    """A page fits a phone:"""
    if subject.tree.find("meta[name=viewport][content]") is None:
        yield "no <meta name=viewport>"


def one_heading(subject: Subject) -> Iterator[str]:
    """A page has exactly one h1:"""
    if len(found := subject.tree.all("h1")) != 1:
        yield f"{[heading.text() for heading in found]}"


def one_main(subject: Subject) -> Iterator[str]:
    """A page has exactly one <main id="main">:"""
    if [element.id for element in subject.tree.all("main")] != ["main"]:
        yield f"{subject.tree.all('main')}"


def skip_link(subject: Subject) -> Iterator[str]:
    """The first thing the keyboard meets leads to #main:"""
    first = next((element for element in subject.tree.all(FOCUSABLE) if is_reachable(element)), None)
    if first is None or first.get("href") != "#main":
        yield f"{first}"


def one_status(subject: Subject) -> Iterator[str]:
    """A page has one live region, #status[role=status][aria-live=polite], and <hx-partial> only in fragments:"""
    if len(subject.tree.all("[id=status][role=status][aria-live=polite]")) != 1:
        yield f"{subject.tree.all('[role=status]')}"
    yield from map(repr, subject.tree.all("hx-partial"))


# What holds for pages and fragments alike


def well_formed(subject: Subject) -> Iterator[str]:
    """Every element is closed:"""
    yield from subject.tree.faults


def unique_ids(subject: Subject) -> Iterator[str]:
    """Ids are unique:"""
    for found, times in Counter(element.id for element in subject.tree.all("[id]")).items():
        if times > 1 or not found.strip():
            yield f"id={found!r} stands there {times} times"


def labelled_fields(subject: Subject) -> Iterator[str]:
    """Every field has a label:"""
    labels = {label.get("for") for label in subject.tree.all("label[for]") if label.name()}
    for field in subject.tree.all(FIELDS):
        is_silent = field.tag == "input" and field.get("type") in ("hidden", "submit", "button", "reset", "image")
        named = field.get("aria-label") or field.get("aria-labelledby") or field.closest("label")
        if not is_silent and not named and (not field.id or field.id not in labels):
            yield f"{field}"


def references_exist(subject: Subject) -> Iterator[str]:
    """What an attribute or an in-page link points to is there:"""
    for element in subject.tree.all():
        for attribute in REFERENCES:
            missing = [named for named in element.get(attribute).split() if named not in subject.ids]
            yield from (f"{attribute}={named!r}" for named in missing)
        if element.tag == "a" and element.get("href").startswith("#") and element.get("href")[1:] not in subject.ids:
            yield f"{element}"


def named_controls(subject: Subject) -> Iterator[str]:
    """Buttons and links have a name:"""
    buttons = "button, a[href], summary, input[type=submit], input[type=image], input[type=button]"
    yield from (repr(element) for element in subject.tree.all(buttons) if not element.name())


def pictures_described(subject: Subject) -> Iterator[str]:
    """Images have an alt:"""
    yield from (repr(image) for image in subject.tree.all("img, input[type=image]") if not image.has("alt"))


def truth_repeated(subject: Subject) -> Iterator[str]:
    """hx-post and hx-get repeat what happens without JavaScript:"""
    for element in subject.tree.all("[hx-post], [hx-get]"):
        truth = plain_address(element)
        for attribute in ("hx-post", "hx-get"):
            if element.has(attribute) and element.get(attribute) != truth:
                yield f"{attribute} is not {truth!r} in {element}"


def plain_address(element: Element) -> str:
    if element.tag == "a":
        return element.get("href")
    form = element.closest("form") or element.root().by_id(element.get("form"))
    return element.get("formaction") or (form.get("action") if form else "")


def targets_exist(subject: Subject) -> Iterator[str]:
    """Whoever asks by htmx says into which element of the page the answer goes:"""
    for element in subject.tree.all("[hx-post], [hx-get], [hx-target]"):
        target = inherited(element, "hx-target")
        known = target in ("this", "body") or target.removeprefix("#") in subject.ids
        if not known and element.get("hx-swap") != "none":
            yield f"{target!r} in {element}"


def inherited(element: Element, name: str) -> str:
    """htmx 4 inherits only what says so: `hx-target:inherited`."""
    above = (each.get(f"{name}:inherited") for each in element.above())
    return element.get(name) or next(filter(None, above), "")


def changes_posted_here(subject: Subject) -> Iterator[str]:
    """What changes something is a form with method=post and an action on this site:"""
    for form in subject.tree.all("form"):
        posts = form.has("hx-post") or form.get("method").lower() == "post"
        if posts and (form.get("method").lower() != "post" or not is_local(form.get("action"))):
            yield f"{form}"
    yield from (repr(button) for button in subject.tree.all("[formaction]") if not is_local(button.get("formaction")))


def is_local(address: str) -> bool:
    return re.match(r"/(?![/\\])", address) is not None


def sent_once(subject: Subject) -> Iterator[str]:
    """What is sent by htmx says hx-sync, or a double click sends it twice:"""
    senders = subject.tree.all("[hx-post], input[hx-get], select[hx-get], textarea[hx-get]")
    yield from (repr(element) for element in senders if not inherited(element, "hx-sync"))


def nothing_inline(subject: Subject) -> Iterator[str]:
    """No inline script, style or handler, and nothing that needs eval:"""
    for element in subject.tree.all():
        inline = (element.tag == "script" and not element.get("src")) or element.tag == "style" or element.has("style")
        if inline or any(is_code(name, value) for name, value in element.attributes.items()):
            yield f"{element}"


def is_code(name: str, value: str) -> bool:
    is_filter = name == "hx-trigger" and "[" in value
    return is_filter or name.startswith(("on", "hx-on", "data-hx-on")) or bool(re.match(r"(js|javascript):", value))


def focus_comes_back(subject: Subject) -> Iterator[str]:
    """Every control in a region that htmx swaps has an id, or the keyboard is lost:"""
    for region in swapped_regions(subject):
        for element in [region, *region.all()]:
            if element.matches(FOCUSABLE) and is_reachable(element) and not element.id:
                yield f"{element}"


def swapped_regions(subject: Subject) -> list[Element]:
    if subject.is_fragment:
        return [subject.tree]
    targets = {element.get("hx-target") for element in subject.tree.all("[hx-target]")}
    regions = [subject.tree.by_id(target[1:]) for target in targets if target.startswith("#")]
    return [region for region in regions if region is not None] + subject.tree.all("[hx-target=this]")


def is_reachable(element: Element) -> bool:
    return element.get("type") != "hidden" and not any(each.matches("template, [hidden]") for each in element.above())


def passwords_kept_secret(subject: Subject) -> Iterator[str]:
    """A password field comes back empty and tells password managers which password it means:"""
    for field in subject.tree.all("input[type=password]"):
        if field.get("value") or not set(field.get("autocomplete").split()) & set(PASSWORD_TOKENS):
            yield f"{Element(field.tag, {**field.attributes, 'value': '…' if field.get('value') else ''})}"


def forms_apart(subject: Subject) -> Iterator[str]:
    """Forms are not nested:"""
    yield from (repr(form) for form in subject.tree.all("form") if form.parent and form.parent.closest("form"))


def nothing_from_elsewhere(subject: Subject) -> Iterator[str]:
    """Scripts, styles and pictures come from this site:"""
    for element in subject.tree.all("script, link, img, source, iframe"):
        parts = urlsplit(element.get("src") or element.get("href"))
        origin = f"{parts.scheme}://{parts.netloc}"
        if (parts.scheme or parts.netloc) and parts.scheme != "blob" and origin not in subject.origins:
            yield f"{element}"


def nothing_leaked(subject: Subject) -> Iterator[str]:
    """No None, undefined or template mark is shown to people:"""
    shown = subject.tree.text()
    for typed in sorted(filter(str.strip, subject.typed), key=len, reverse=True):
        shown = shown.replace(words(typed), "")
    if leak := re.search(r"\bNone\b|\bundefined\b|\{\{|\{%", shown):
        yield f"{shown[max(0, leak.start() - 40) : leak.end() + 40]!r}"
    for element in subject.tree.all():
        values = set(element.attributes.values()) - set(subject.typed)
        yield from (repr(element) for value in values if re.search(r"^None$|^undefined$|/None\b|\{\{|\{%", value))


def only_a_fragment(subject: Subject) -> Iterator[str]:
    """A fragment is not a page:"""
    yield from map(repr, subject.tree.all("html, head, body, main"))
    yield from map(repr, subject.tree.all("h1")[1:])
    targets = {partial: partial.get("hx-target") or f"#{partial.id}" for partial in subject.tree.all("hx-partial")}
    yield from (f"{partial} has no target" for partial, target in targets.items() if target[1:] not in subject.ids)


SHARED_RULES: tuple[Rule, ...] = (
    well_formed, unique_ids, labelled_fields, references_exist, named_controls, pictures_described, truth_repeated,
    targets_exist, changes_posted_here, sent_once, nothing_inline, focus_comes_back, passwords_kept_secret,
    forms_apart, nothing_from_elsewhere, nothing_leaked,
)  # fmt: skip
BACKEND_RULES: tuple[Rule, ...] = (doctype, language, title, viewport, one_heading, *SHARED_RULES)
PAGE_RULES: tuple[Rule, ...] = (*BACKEND_RULES, one_main, skip_link, one_status)
FRAGMENT_RULES: tuple[Rule, ...] = (only_a_fragment, *SHARED_RULES)
