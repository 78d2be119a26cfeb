"""The small tree of elements in which a test looks things up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = "a, abbr, b, bdi, bdo, button, code, em, i, kbd, mark, q, s, small, span, strong, sub, sup, time, u, wbr"
UNSEEN = "head, script, style, template, [hidden], [popover]"
SIMPLE_SELECTOR = re.compile(r"""([#.]?)([\w-]+)|\[([\w:-]+)(?:=["']?([^"'\]]*)["']?)?\]""")
FIELDS = "input, select, textarea"


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
        for conditions in alternatives(selector, self.tag):
            for holds in conditions:
                if not holds(self):
                    break
            else:
                return True
        return False

    def all(self, selector: str = "") -> list[Element]:
        below = self._below()
        return [element for element in below if element.matches(selector)] if selector else below

    def _below(self) -> list[Element]:
        found: list[Element] = []
        self._add_below(found)
        return found

    def _add_below(self, found: list[Element]) -> None:
        for child in self.children:
            if isinstance(child, Element):
                found.append(child)
                child._add_below(found)

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
        if self.matches(UNSEEN) or is_closed(self):
            return
        gap = "" if self.matches(INLINE) else " "
        yield gap
        is_folded = self.tag == "details" and not self.has("open")
        for child in [each for each in self.all("summary") if each.parent is self] if is_folded else self.children:
            yield from [child] if isinstance(child, str) else child._seen()
        yield gap

    def name(self) -> str:
        """What assistive technology calls it."""
        labels = [self.root().by_id(label_id) for label_id in self.get("aria-labelledby").split()]
        labelled = " ".join(label.spoken() for label in labels if label is not None)
        return words(labelled or self.spoken() or self.get("title"))

    def spoken(self) -> str:
        if self.get("aria-hidden") == "true" or self.matches("script, style, template"):
            return ""
        if own := self.get("aria-label") or self.get("alt") or (self.get("value") if self.tag == "input" else ""):
            return own
        spoken = "".join(child if isinstance(child, str) else child.spoken() for child in self.children)
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


Condition = Callable[[Element], bool]


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
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and not any(element.tag in ("svg", "math") for element in self.open):
            self.document.faults.append(f"<{tag}/> does not close itself in HTML")
        super().handle_startendtag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open[-1].tag != tag and tag not in [element.tag for element in self.open]:
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


@cache
def alternatives(selector: str, tag: str) -> list[list[Condition]]:
    """What each alternative of a selector asks of an element with this tag; those for another tag are left out."""
    read = [read_alternative(one.strip()) for one in selector.split(",")]
    return [conditions for wanted, conditions in read if wanted in ("", tag)]


def read_alternative(selector: str) -> tuple[str, list[Condition]]:
    """The tag, or "" for any, and the other conditions."""
    assert re.fullmatch(f"(?:{SIMPLE_SELECTOR.pattern})+", selector), f"a selector not understood here: {selector!r}"
    parts = SIMPLE_SELECTOR.findall(selector)
    tags = [word for mark, word, _attribute, _value in parts if word and not mark]
    assert len(tags) < 2, selector
    return "".join(tags), [condition(*part) for part in parts if part[0] or part[2]]


def condition(mark: str, word: str, attribute: str, value: str) -> Condition:
    if mark == "#":
        return lambda element: element.attributes.get("id") == word
    if mark == ".":
        return lambda element: word in element.get("class").split()
    if value:
        return lambda element: element.attributes.get(attribute) == value
    return lambda element: attribute in element.attributes


def find_inherited(element: Element, name: str) -> str:
    """htmx 4 inherits only what says so: `hx-target:inherited`."""
    above = (each.get(f"{name}:inherited") for each in element.above())
    return element.get(name) or next(filter(None, above), "")


def is_reachable(element: Element) -> bool:
    return element.get("type") != "hidden" and not any(is_closed(each) for each in element.above())


def is_closed(element: Element) -> bool:
    return element.matches("template, [hidden], [aria-hidden=true]") or (
        element.tag == "dialog" and not element.has("open")
    )
