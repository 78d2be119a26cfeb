"""Pages, fragments and answers are inspected: all complaints are told at once, because who repairs one wants to know
the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import httpx

from tests.kit.markup import Document, Element, parse, words
from tests.kit.rules import BACKEND_RULES, FRAGMENT_RULES, OPENED_RULES, PAGE_RULES, Rule, Subject

# References, ids, tokens, and the colour of an id. Tried only where a word begins, or looking costs as much as parsing.
RANDOM = re.compile(r"\b(?:(?=[\w-]{16})[\w-]*\d[\w-]*|hue-\d)")
FOUND_FIT: set[bytes] = set()  # digests of what was inspected in this process, with all that it was judged by
BACKEND_PAGES = ("/outbox", "/_auth")  # the backend's own pages: no htmx, no live region, no log-in


def inspect_page(
    html: str, *, path: str = "/", origins: Iterable[str] = (), typed: Iterable[str] = (), address: str = ""
) -> Document:
    subject = Subject(parse(html), origins=tuple(origins), typed=tuple(typed))
    complain_once(address or path, html, subject, BACKEND_RULES if path.startswith(BACKEND_PAGES) else OPENED_RULES)
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
    complain_once(address, html, subject, FRAGMENT_RULES)
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


def complain_once(address: str, html: str, subject: Subject, rules: tuple[Rule, ...]) -> None:
    """Complain of what was not inspected before: tests see the same page again and again."""
    names = [rule.__name__ for rule in rules]
    given = "\0".join([html, *sorted(subject.page_ids), *subject.origins, *subject.typed, *names])
    digest = blake2b(number_random_parts(given).encode("utf-8", "surrogatepass")).digest()
    if digest not in FOUND_FIT:
        complain(address, subject, rules)
        FOUND_FIT.add(digest)


def number_random_parts(given: str) -> str:
    """Put numbers in the place of ids and tokens: a page that differs from another in them alone is as fit."""
    numbers: dict[str, int] = {}
    return RANDOM.sub(lambda found: f"<{numbers.setdefault(found[0], len(numbers))}>", given)


def complain(address: str, subject: Subject, rules: Iterable[Rule]) -> None:
    complaints = [f"{rule.__doc__} {found}" for rule in rules for found in rule(subject)]
    assert not complaints, "\n  ".join([f"{address}:", *complaints])
