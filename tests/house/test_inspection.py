"""The inspection itself: what is unfit is refused."""

from __future__ import annotations

import pytest

from tests.kit import inspection
from tests.kit.small_site import FRAME


@pytest.mark.parametrize(
    ("main", "complaint"),
    [
        ("<h1>Two</h1>", "exactly one h1"),
        ('<input name="a">', "Every field has a label"),
        ('<form><form action="/"></form></form>', "not nested"),
        ('<p id="main"></p>', "unique"),
        ('<label for="a">A</label><input id="a" aria-describedby="a-error">', "is there: aria-describedby='a-error'"),
        ("<button></button>", "have a name"),
        ('<img src="/a">', "have an alt"),
        ('<a href="/a" hx-get="/b" hx-target="#main" id="a">A</a>', "repeat what happens"),
        ('<a href="/a" hx-get="/a" hx-target="#gone" id="a">A</a>', "into which element"),
        ('<form method="post" action="//evil.example"></form>', "an action on this site"),
        ('<form hx-post="/a" action="/a" hx-target="#main"></form>', "method=post"),
        ('<form method="post" action="/a" data-escape=".cancel"></form>', "the Escape key presses"),
        ('<form method="post" hx-post="/a" action="/a" hx-target="#main"></form>', "hx-sync"),
        ("<script>1</script>", "No inline"),
        ('<p style="color:red"></p>', "No inline"),
        ('<p onclick="x()"></p>', "No inline"),
        ('<p hx-trigger="keydown[key]"></p>', "No inline"),
        ('<a href="/a" hx-get="/a" hx-target="#main">A</a>', "has an id"),
        ('<label>P <input type="password" autocomplete="current-password" value="x"></label>', "comes back empty"),
        ('<label>P <input type="password"></label>', "password managers"),
        ('<img alt="" src="https://elsewhere.example/a">', "from this site"),
        ("<p>Hello, None</p>", "shown to people"),
        ("<p>{{ name }}</p>", "shown to people"),
        ('<p role="status"><i hx-trigger="every 3s"></i></p>', "asks by itself"),
        ('<label>A <input name="a" autofocus></label>', "read aloud with the page's heading"),
        ("<p>", "Every element is closed"),
        ('<hx-partial hx-target="#status"></hx-partial>', "only in fragments"),
    ],
)
def test_an_unfit_page_is_refused(main: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        inspection.inspect_page(FRAME.format(main=main, said=""))


@pytest.mark.parametrize(
    ("there", "instead", "complaint"),
    [
        ("<!doctype html>", "", "doctype"),
        (' lang="en"', "", "language"),
        ("Names", " ", "title"),
        ('name="viewport"', "", "phone"),
        ('<main id="main">', "<main>", "<main id="),
        ('<a href="#main">Skip to content</a>', "", "the keyboard meets"),
        (' aria-live="polite"', "", "live region"),
    ],
)
def test_an_unfit_frame_is_refused(there: str, instead: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        inspection.inspect_page(FRAME.format(main="", said="").replace(there, instead))


def test_a_fragment_that_says_twice_what_happened_is_refused() -> None:
    page = inspection.inspect_page(FRAME.format(main="", said=""))
    said = '<p id="a" tabindex="-1" autofocus>Saved.</p><hx-partial hx-target="#status"><p>Saved.</p></hx-partial>'
    with pytest.raises(AssertionError, match="read aloud twice"):
        inspection.inspect_fragment(said, page=page)


def test_a_page_is_inspected_again_unless_random_parts_alone_are_others() -> None:
    one, other = "aaaaaaaaaaaaaaaaaaaaaaa1", "bbbbbbbbbbbbbbbbbbbbbbb2"
    page = f'<p id="session-{one}"></p><p id="session-{{}}"></p>'
    inspection.inspect_page(FRAME.format(main=page.format(other), said=""))
    before = len(inspection.FOUND_FIT)
    inspection.inspect_page(FRAME.format(main=page.format(other.upper()), said=""))
    assert len(inspection.FOUND_FIT) == before
    with pytest.raises(AssertionError, match="2 times"):
        inspection.inspect_page(FRAME.format(main=page.format(one), said=""))
