"""Every letter as a mail program on a desktop and on a small phone shows it, light and dark, and looked at by axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from backend.mail.letters import LETTERS
from branding.palette import OURS, derive_palette
from tests.kit.axe import COLOUR_RULES, add_axe, run_axe
from tests.kit.chromium import MAIL_PROGRAM, SMALL_PHONE
from tests.kit.letters import LONG_PRODUCT, write_letter
from translations import LANGUAGES

WIDTH = "document.documentElement.scrollWidth"
VIEWPORTS = (MAIL_PROGRAM, SMALL_PHONE)
NO_PAGE = {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}  # a mail program brings landmarks
BRIGHT = derive_palette("#ffd400")
ACCENTS = {"ours": OURS, "bright": BRIGHT, "black": derive_palette("#000000"), "red": derive_palette("#d0021b")}
# As Gmail leaves it for who reads an account of another provider in it: no html, no body, no styles of the head.
STRIP = """() => {
    const kept = [...document.body.childNodes], mail = document.createElement("div");
    document.querySelectorAll("style").forEach((style) => style.remove());
    document.body.removeAttribute("style");
    document.documentElement.removeAttribute("lang");
    mail.append(...kept);
    document.body.replaceChildren(mail);
}"""

ROUGHLY_WORD = """() => {
    const knows = {
        TD: /./,
        TABLE: /^(?!max-width|border-radius)/,
        DIV: /^(?!max-width|width|padding|border|height)/,
    };
    const others = /^(?!max-width|width|padding|border|height|display)/;
    for (const element of document.body.querySelectorAll("*")) {
        const kept = (element.getAttribute("style") ?? "").split(";")
            .filter((rule) => (knows[element.tagName] ?? others).test(rule) && !rule.startsWith("border-radius"))
            .map((rule) => rule.replace("mso-padding-alt", "padding").replace("mso-hide:all", "display:none"));
        element.setAttribute("style", kept.join(";"));
    }
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_is_read_at_every_width_light_and_dark(page: Page, kind: str) -> None:
    for language in LANGUAGES:
        show(page, kind, language)
        for viewport in VIEWPORTS:
            page.set_viewport_size(viewport)
            assert page.evaluate(WIDTH) <= viewport["width"], language
        assert run_axe(page, rules=NO_PAGE) == [], language  # in the last width, where words have least room
    page.set_viewport_size(MAIL_PROGRAM)
    assert run_axe(page, rules=NO_PAGE) == []
    page.emulate_media(color_scheme="dark")
    assert run_axe(page, runOnly=COLOUR_RULES) == [], "dark"  # neither a width nor a language changes a colour


def show(page: Page, kind: str, language: str) -> None:
    """Show a letter, with the longest words it may have, as it is on a light screen."""
    has_link = bool(LETTERS[kind].link_kind)
    page.emulate_media(color_scheme="light")
    page.set_content(write_letter(kind, language, product=LONG_PRODUCT, name="n" * 40, has_link=has_link).html)
    add_axe(page)


@pytest.mark.parametrize("accent", ACCENTS)
def test_the_button_has_the_owners_accent_in_both_schemes(page: Page, accent: str) -> None:
    palette = ACCENTS[accent]
    page.set_content(write_letter("magic-link", palette=palette).html)
    add_axe(page)
    for scheme, tokens in (("light", palette.light), ("dark", palette.dark)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        button = page.get_by_role("link", name="Log in", exact=True)
        assert button.evaluate("(link) => getComputedStyle(link).backgroundColor") == _as_rgb(tokens.fill)
        assert button.evaluate("(link) => getComputedStyle(link).color") == _as_rgb(tokens.on_fill)
        assert run_axe(page, runOnly=COLOUR_RULES) == [], scheme


def _as_rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_is_read_where_a_program_drops_its_head(page: Page, kind: str) -> None:
    show(page, kind, "de")
    page.evaluate(STRIP)
    for viewport in VIEWPORTS:
        page.set_viewport_size(viewport)
        assert page.evaluate(WIDTH) <= viewport["width"]
    assert page.locator("[lang=de]").get_by_role("heading").is_visible()
    assert run_axe(page, rules={**NO_PAGE, "html-has-lang": {"enabled": False}}) == []


def test_width_and_button_stay_where_only_tables_have_them(page: Page) -> None:
    """As in Outlook for Windows, whose engine is Word's: it reads the parts for it, and pads and bounds cells alone."""
    page.set_viewport_size({"width": 1200, "height": 800})
    for kind in [kind for kind, letter in LETTERS.items() if letter.has_button]:
        page.set_content(write_letter(kind).html.replace("<!--[if mso]>", "").replace("<![endif]-->", ""))
        page.evaluate(ROUGHLY_WORD)
        card = _box(page, "td.card")
        assert (card["x"], card["width"]) == (320, 560), kind
        button, words = _box(page, "td.button"), _box(page, "td.button a")
        assert button["width"] == pytest.approx(words["width"] + 2 * 28, abs=1), kind
        assert button["height"] == pytest.approx(24 + 2 * 14, abs=1), kind


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box
    return box


def test_the_hidden_line_is_not_seen_and_comes_first_in_a_list_of_mails(page: Page) -> None:
    page.set_content(write_letter("email-confirm").html)
    hidden = page.get_by_text("Works once, for 1 hour. Requested on 14 March 2026")
    assert not hidden.is_visible()
    first = page.evaluate("document.body.textContent.trim().split(/\\s*\\n/)[0]")
    assert first == hidden.text_content()
