"""What every page must satisfy.

A rule is a function that yields what is wrong; its docstring is the rule as a person would say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from tests.kit.markup import FIELDS, Document, Element, find_inherited, is_reachable, words

FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [autofocus]"
REFERENCES = {"aria-describedby", "aria-labelledby", "for", "form", "list", "commandfor", "popovertarget"}
PASSWORD_TOKENS = ("current-password", "new-password")


@dataclass(frozen=True)
class Subject:
    """A page or a fragment, and what may be taken as given."""

    tree: Document
    page_ids: frozenset[str] = frozenset()  # of the page a fragment will stand in
    origins: tuple[str, ...] = ()  # where pictures may come from
    typed: tuple[str, ...] = ()  # what people typed themselves; it may look like anything

    @cached_property
    def elements(self) -> list[Element]:
        return self.tree.all()

    def all(self, selector: str) -> list[Element]:
        return [element for element in self.elements if element.matches(selector)]

    def find(self, selector: str) -> Element | None:
        return next((element for element in self.elements if element.matches(selector)), None)

    @cached_property
    def by_id(self) -> dict[str, Element]:
        return {element.id: element for element in reversed(self.all("[id]"))}

    @cached_property
    def ids(self) -> frozenset[str]:
        return self.page_ids | self.by_id.keys()

    @property
    def is_fragment(self) -> bool:
        return self.find("html") is None


Rule = Callable[[Subject], Iterator[str]]

# The frame of a page


def doctype(subject: Subject) -> Iterator[str]:
    """A page starts with <!doctype html>:"""
    if subject.tree.doctype.lower() != "doctype html":
        yield f"it starts with {subject.tree.doctype!r}"


def language(subject: Subject) -> Iterator[str]:
    """A page says its language:"""
    html = subject.find("html")
    if html is None or not html.get("lang"):
        yield f"{html}"


def title(subject: Subject) -> Iterator[str]:
    """A page has a title:"""
    found = subject.find("title")
    if found is None or not words(found.spoken()):
        yield f"{found}"


def viewport(subject: Subject) -> Iterator[str]:
    """A page fits a phone:"""
    if subject.find("meta[name=viewport][content]") is None:
        yield "no <meta name=viewport>"


def one_heading(subject: Subject) -> Iterator[str]:
    """A page has exactly one h1:"""
    if len(found := subject.all("h1")) != 1:
        yield f"{[heading.text() for heading in found]}"


def one_main(subject: Subject) -> Iterator[str]:
    """A page has exactly one <main id="main">:"""
    if [element.id for element in subject.all("main")] != ["main"]:
        yield f"{subject.all('main')}"


def skip_link(subject: Subject) -> Iterator[str]:
    """The first thing the keyboard meets leads to #main:"""
    first = next((element for element in subject.all(FOCUSABLE) if is_reachable(element)), None)
    if first is None or first.get("href") != "#main":
        yield f"{first}"


def one_status(subject: Subject) -> Iterator[str]:
    """A page has one live region, #status[role=status][aria-live=polite], and <hx-partial> only in fragments:"""
    if len(subject.all("[id=status][role=status][aria-live=polite]")) != 1:
        yield f"{subject.all('[role=status]')}"
    yield from map(repr, subject.all("hx-partial"))


# What holds for pages and fragments alike


def well_formed(subject: Subject) -> Iterator[str]:
    """Every element is closed:"""
    yield from subject.tree.faults


def unique_ids(subject: Subject) -> Iterator[str]:
    """Ids are unique:"""
    for found, times in Counter(element.id for element in subject.all("[id]")).items():
        if times > 1 or not found.strip():
            yield f"id={found!r} stands there {times} times"


def labelled_fields(subject: Subject) -> Iterator[str]:
    """Every field has a label:"""
    labels = {label.get("for") for label in subject.all("label[for]") if label.name()}
    for field in subject.all(FIELDS):
        is_silent = field.tag == "input" and field.get("type") in ("hidden", "submit", "button", "reset", "image")
        named = field.get("aria-label") or field.get("aria-labelledby") or field.closest("label")
        if not is_silent and not named and (not field.id or field.id not in labels):
            yield f"{field}"


def references_exist(subject: Subject) -> Iterator[str]:
    """What an attribute or an in-page link points to is there:"""
    for element in subject.elements:
        for attribute in REFERENCES & element.attributes.keys():
            missing = [named for named in element.get(attribute).split() if named not in subject.ids]
            yield from (f"{attribute}={named!r}" for named in missing)
        if element.tag == "a" and element.get("href").startswith("#") and element.get("href")[1:] not in subject.ids:
            yield f"{element}"


def named_controls(subject: Subject) -> Iterator[str]:
    """Buttons and links have a name, or are neither heard nor reached by Tab:"""
    buttons = "button, a[href], summary, input[type=submit], input[type=image], input[type=button]"
    hidden = "[aria-hidden=true][tabindex='-1']"
    yield from (repr(element) for element in subject.all(buttons) if not element.name() and not element.matches(hidden))


def pictures_described(subject: Subject) -> Iterator[str]:
    """Images have an alt:"""
    yield from (repr(image) for image in subject.all("img, input[type=image]") if not image.has("alt"))


def truth_repeated(subject: Subject) -> Iterator[str]:
    """hx-post and hx-get repeat what happens without JavaScript:"""
    for element in subject.all("[hx-post], [hx-get]"):
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
    for element in subject.all("[hx-post], [hx-get], [hx-target]"):
        target = find_inherited(element, "hx-target")
        known = target in ("this", "body") or target.removeprefix("#") in subject.ids
        if not known and element.get("hx-swap") != "none":
            yield f"{target!r} in {element}"


def escape_presses_something(subject: Subject) -> Iterator[str]:
    """What the Escape key presses stands in its form:"""
    yield from (f"{form}" for form in subject.all("form[data-escape]") if not form.find(form.get("data-escape")))


def changes_posted_here(subject: Subject) -> Iterator[str]:
    """What changes something is a form with method=post and an action on this site:"""
    for form in subject.all("form"):
        posts = form.has("hx-post") or form.get("method").lower() == "post"
        if posts and (form.get("method").lower() != "post" or not is_local(form.get("action"))):
            yield f"{form}"
    yield from (repr(button) for button in subject.all("[formaction]") if not is_local(button.get("formaction")))


def is_local(address: str) -> bool:
    return re.match(r"/(?![/\\])", address) is not None


def sent_once(subject: Subject) -> Iterator[str]:
    """What is sent by htmx says hx-sync, or a double click sends it twice:"""
    senders = subject.all("[hx-post], input[hx-get], select[hx-get], textarea[hx-get]")
    yield from (repr(element) for element in senders if not find_inherited(element, "hx-sync"))


def nothing_inline(subject: Subject) -> Iterator[str]:
    """No inline script, style or handler, and nothing that needs eval:"""
    for element in subject.elements:
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
    targets = {element.get("hx-target") for element in subject.all("[hx-target]")}
    regions = [subject.by_id.get(target[1:]) for target in targets if target.startswith("#")]
    return [region for region in regions if region is not None] + subject.all("[hx-target=this]")


def passwords_kept_secret(subject: Subject) -> Iterator[str]:
    """A password field comes back empty and tells password managers which password it means:"""
    for field in subject.all("input[type=password]"):
        if field.get("value") or not set(field.get("autocomplete").split()) & set(PASSWORD_TOKENS):
            yield f"{Element(field.tag, {**field.attributes, 'value': '…' if field.get('value') else ''})}"


def polls_in_silence(subject: Subject) -> Iterator[str]:
    """What asks by itself is in no live region, or how often it asks would be read aloud:"""
    for element in subject.all("[hx-trigger]"):
        if "every" in element.get("hx-trigger") and element.closest("[aria-live], [role=status], [role=alert]"):
            yield f"{element}"


def forms_apart(subject: Subject) -> Iterator[str]:
    """Forms are not nested:"""
    yield from (repr(form) for form in subject.all("form") if form.parent and form.parent.closest("form"))


def nothing_from_elsewhere(subject: Subject) -> Iterator[str]:
    """Scripts, styles and pictures come from this site:"""
    for element in subject.all("script, link, img, source, iframe"):
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
    for element in subject.elements:
        values = set(element.attributes.values()) - set(subject.typed)
        yield from (repr(element) for value in values if re.search(r"^None$|^undefined$|/None\b|\{\{|\{%", value))


def only_a_fragment(subject: Subject) -> Iterator[str]:
    """A fragment is not a page:"""
    yield from map(repr, subject.all("html, head, body, main"))
    yield from map(repr, subject.all("h1")[1:])
    targets = {partial: partial.get("hx-target") or f"#{partial.id}" for partial in subject.all("hx-partial")}
    yield from (f"{partial} has no target" for partial, target in targets.items() if target[1:] not in subject.ids)


def introduction_of_field(subject: Subject) -> Iterator[str]:
    """A field that has the focus when its page opens is read aloud with the page's heading, and with what it says:"""
    heading, flash = subject.find("h1"), subject.by_id.get("flash")
    expected = [each.id for each in (flash, heading) if each]
    for field in subject.all("input[autofocus], select[autofocus]"):
        names = [each.get("aria-labelledby").split() for each in field.above()]
        if not field.closest("[hidden]") and expected not in names:
            yield f"{field} is in no section that is labelled by {expected}"


def one_announcement(subject: Subject) -> Iterator[str]:
    """What is announced has not the focus as well, or it would be read aloud twice:"""
    announced = [partial.text() for partial in subject.all("hx-partial") if partial.get("hx-target") == "#status"]
    for element in subject.all("[autofocus]"):
        yield from (f"{element}" for words_said in announced if words_said and words_said in element.text())


SHARED_RULES: tuple[Rule, ...] = (
    well_formed, unique_ids, labelled_fields, references_exist, named_controls, pictures_described, truth_repeated,
    targets_exist, changes_posted_here, sent_once, nothing_inline, focus_comes_back, passwords_kept_secret,
    forms_apart, nothing_from_elsewhere, nothing_leaked, polls_in_silence, escape_presses_something,
)  # fmt: skip
BACKEND_RULES: tuple[Rule, ...] = (doctype, language, title, viewport, one_heading, *SHARED_RULES)
PAGE_RULES: tuple[Rule, ...] = (*BACKEND_RULES, one_main, skip_link, one_status)
OPENED_RULES: tuple[Rule, ...] = (*PAGE_RULES, introduction_of_field)
FRAGMENT_RULES: tuple[Rule, ...] = (only_a_fragment, one_announcement, *SHARED_RULES)
