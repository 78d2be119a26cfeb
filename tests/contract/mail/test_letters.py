"""How letters are written: the same in text and HTML, in an order that helps, and so that mail programs keep it."""

import re
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest

from backend.mail.letters import LETTERS
from backend.mail.templates import RenderedMail
from branding.palette import derive_palette
from tests.kit.letters import LONG_PRODUCT, write_letter
from tests.kit.mailbox import links
from tests.kit.markup import Element, parse
from tests.kit.serving import ROOT
from translations import LANGUAGES

KINDS, CODES = [kind for kind, letter in LETTERS.items() if not letter.is_code_only], list(LANGUAGES)
ONCE = {"en": "Works once, for 1 hour.", "de": "Einmal nutzbar, 1 Stunde lang gültig."}
WHO_ASKED = {"en": "Requested on 14 March 2026 at 09:26 UTC", "de": "Angefordert am 14. März 2026 um 09:26 Uhr UTC"}
CHANGED = {"en": "Changed on 14 March 2026 at 09:26 UTC", "de": "Geändert am 14. März 2026 um 09:26 Uhr UTC"}
LOGGED_IN = {
    "en": "Logged in on 14 March 2026 at 09:26 UTC from Chrome on Linux, IP address 192.0.2.7.",
    "de": "Anmeldung am 14. März 2026 um 09:26 Uhr UTC mit Chrome unter Linux, IP-Adresse 192.0.2.7.",
}
KEPT = {"en": "Kept on 14 March 2026 at 09:26 UTC", "de": "Behalten am 14. März 2026 um 09:26 Uhr UTC"}
HAPPENED = {
    "en": "This happened on 14 March 2026 at 09:26 UTC from Chrome on Linux, IP address 192.0.2.7.",
    "de": "Das geschah am 14. März 2026 um 09:26 Uhr UTC mit Chrome unter Linux, IP-Adresse 192.0.2.7.",
}
USED = {"en": "Used on 14 March 2026 at 09:26 UTC", "de": "Verwendet am 14. März 2026 um 09:26 Uhr UTC"}
DELETED = {"en": "Deleted on 14 March 2026 at 09:26 UTC", "de": "Gelöscht am 14. März 2026 um 09:26 Uhr UTC"}
NOT_ASKED = {"en": "If you didn’t request this, ignore this email.", "de": "ignorier"}
# Of what must not be used by whoever did not ask: that something is to be done then.
THIEF_ASKED = {
    "delete-account": {"en": "Log in, keep your account", "de": "Vielleicht kennt jemand anderes"},
    "factors-removable": {"en": "If it wasn’t you, use “Stop this”", "de": "„Stoppen“"},
}
IT_WAS_ME = {"en": "If it was you, there’s nothing to do.", "de": "nichts tun"}
# Of something that was done, or asked for, by who may be somebody else: nobody asked for these themselves.
TELLING = {
    "password-changed": CHANGED,
    "email-changed": CHANGED,
    "email-requested": WHO_ASKED,
    "new-login": LOGGED_IN,
    **{kind: HAPPENED for kind, letter in LETTERS.items() if letter.template_name == "factor-changed"},
    **dict.fromkeys(("identity-connected", "identity-removed"), HAPPENED),
    "account-leaving": WHO_ASKED,
    "account-kept": KEPT,
    "account-deleted": DELETED,
    "lost-factors": WHO_ASKED,
    "recovery-code-used": USED,
}
NOTHING_TO_DO = {
    "account-deleted": {"en": "This is the last email about it", "de": "die letzte E-Mail dazu"},
    "lost-factors": {"en": "If it was you, there’s nothing to do.", "de": "ist nichts zu tun"},
}
FONT = "font-family:'Segoe UI',Helvetica,Arial,sans-serif"
TO_COPY = {"en": "copy this link into your browser:", "de": "diesen Link in "}


def every_letter(judge: Callable[[str, str], None]) -> Callable[[], None]:
    """Make a test of all letters in all languages, which names the one that fails."""

    def test() -> None:
        for kind, language in product(KINDS, CODES):
            try:
                judge(kind, language)
            except AssertionError as failure:
                failure.add_note(f"of the letter {kind} in {language}")
                raise

    test.__name__, test.__doc__ = judge.__name__, judge.__doc__
    return test


@every_letter
def test_the_subject_says_purpose_and_product(kind: str, language: str) -> None:
    mail = write_letter(kind, language, product="Acme")
    assert "Acme" in mail.subject
    assert mail.subject.startswith(_heading(mail).partition(":")[0].partition(" wählen")[0])
    assert f"<title>{mail.subject}</title>" in mail.html


@every_letter
def test_text_and_html_say_the_same_in_the_same_order(kind: str, language: str) -> None:
    mail, words = write_letter(kind, language), language.partition("-")[0]
    page = _find_article(mail).text()
    button = next(link.text() for link in _find_article(mail).all("a"))
    asked, nothing_to_do = TELLING.get(kind, WHO_ASKED), NOTHING_TO_DO.get(kind, IT_WAS_ME)
    source = [asked[words], nothing_to_do[words] if kind in TELLING else THIEF_ASKED.get(kind, NOT_ASKED)[words]]
    hidden = source[:1] if kind in TELLING else [ONCE[words], source[0]]
    _are_said_in_order([*hidden, "Acme", "Ada Lovelace,"], page)  # the hidden line comes first
    said = ["Acme", "Ada Lovelace,", button, ONCE[words], *source]
    _are_said_in_order([*said, TO_COPY[words], mail.link], page)
    _are_said_in_order([*said[:2], mail.link, *said[3:]], mail.text)


def _are_said_in_order(words: Iterable[str], text: str) -> None:
    rest = " ".join(text.split())
    for each in filter(None, words):
        assert each in rest, f"{each!r} is not said, or too early, in {text!r}"
        rest = rest.partition(each)[2]


@pytest.mark.parametrize(
    ("timezone", "language", "said"),
    [
        ("Europe/Berlin", "en", "on 14 March 2026 at 10:26 UTC+1 from"),
        ("Europe/Berlin", "de", "am 14. März 2026 um 10:26 Uhr UTC+1 mit"),
        ("Asia/Kathmandu", "en", "on 14 March 2026 at 15:11 UTC+5:45 from"),
        ("America/St_Johns", "en", "on 14 March 2026 at 06:56 UTC−2:30 from"),
        ("Africa/Abidjan", "en", "on 14 March 2026 at 09:26 UTC from"),
        ("", "en", "on 14 March 2026 at 09:26 UTC from"),
    ],
)
def test_a_time_is_the_readers_and_says_its_zone(timezone: str, language: str, said: str) -> None:
    """A mail is read on another device, and after a journey, too."""
    mail = write_letter("new-login", language, timezone=timezone)
    assert said in mail.text
    assert said in _find_article(mail).text()


@every_letter
def test_language_and_direction_stand_where_programs_that_drop_html_and_body_keep_them(
    kind: str, language: str
) -> None:
    mail = write_letter(kind, language)
    article = _find_article(mail)
    assert (article.tag, article.get("dir")) == ("div", "ltr")
    assert article.get("lang") == LANGUAGES[language].tag
    assert article.get("aria-label") == mail.subject


@every_letter
def test_all_words_have_a_font_of_their_own_so_that_outlook_need_not_guess(kind: str, language: str) -> None:
    for element in _find_article(write_letter(kind, language)).all("h1, p, td, div"):
        if "display:none" not in element.get("style") and any(map(_is_words, element.children)):
            assert FONT in _find_style(element), element


def _is_words(child: Element | str) -> bool:
    return isinstance(child, str) and bool(child.strip())


@every_letter
def test_the_button_is_one_for_outlook_too(kind: str, language: str) -> None:
    mail = write_letter(kind, language, palette=derive_palette("#ffd400"))
    cell = next(cell for cell in parse(mail.html).all("td") if cell.get("class") == "button")
    (link,) = cell.all("a")
    assert cell.get("bgcolor") == "#ffd400"
    assert "mso-padding-alt:14px 28px" in _find_style(cell)
    assert "mso-padding-alt:0" in _find_style(link)
    assert link.get("href") == mail.link
    ghost = re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", mail.html)
    assert [part for part in ghost if 'width="560"' in part]
    assert ghost[-1] == "</td></tr></table>"


@every_letter
def test_a_letter_is_small_and_fetches_nothing(kind: str, language: str) -> None:
    """Gmail cuts what is longer than 102 kB, and drops a head with more than 8 kB of styles."""
    mail = write_letter(kind, language, product=LONG_PRODUCT, name="n" * 40)
    assert len(mail.html.encode()) < 8_000
    assert len(mail.text.encode()) < 1_200
    assert sum(map(len, re.findall(r"<style>.*?</style>", mail.html, re.DOTALL))) < 1_500
    assert not re.search(r"\bsrc=|url\(|@import|<link|<img|<script", mail.html)
    assert set(links(mail.html)) == {mail.link}


@every_letter
def test_a_letter_without_a_link_says_nothing_of_a_button_or_a_link(kind: str, language: str) -> None:
    mail = write_letter(kind, language, has_link=False)
    assert "Ada Lovelace" in mail.text
    assert (links(mail.text), links(mail.html), mail.link) == ([], [], "")
    assert _find_article(mail).all(".button, a") == []
    assert TO_COPY[language.partition("-")[0]] not in _find_article(mail).text()


@pytest.mark.parametrize("language", CODES)
def test_the_letter_that_confirms_a_session_has_a_code_and_no_link(language: str) -> None:
    mail = write_letter("confirm-session", language, code="WDJB-MJHT")
    for text in (mail.text, _find_article(mail).text()):
        _are_said_in_order(["Acme", "Ada Lovelace,", "WDJB-MJHT", WHO_ASKED[language.partition("-")[0]]], text)
    assert (links(mail.text), links(mail.html), mail.link) == ([], [], "")
    assert "WDJB" not in mail.subject, "a locked screen shows it to everybody"


def test_the_name_of_a_product_stays_text() -> None:
    mail = write_letter("magic-link", product="5 % A & B <i>")
    assert mail.subject == "Your login link for 5 % A & B <i>, code WDJB-MJHT"
    assert "log in to 5 % A &amp; B &lt;i&gt;." in mail.html
    assert "<i>" not in mail.html
    assert "log in to 5 % A & B <i>:" in mail.text


# --- templates of one's own


def test_the_templates_that_operating_md_shows_can_be_used(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    (example,) = re.findall(r"```jinja\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "magic-link.html").write_text(example, "utf-8")
    mail = write_letter("magic-link", folder=tmp_path)
    said = ["Your login link", "Good to see you again at Acme.", "Log in", "Works once, for 1 hour."]
    _are_said_in_order(said, _find_article(mail).text())


def test_every_value_that_operating_md_names_is_there(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8").partition("| value | is |")[2].partition("\n\n")[0]
    names = re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)*)`", "".join(row.split("|")[1] for row in guide.splitlines()[2:]))
    assert len(names) == 23
    shown = "\n".join(f"{name} = {{{{ {name} }}}}." for name in names)
    for kind in KINDS:
        (tmp_path / f"{LETTERS[kind].template_name}.txt").write_text(shown, "utf-8")
    for kind in KINDS:
        text = write_letter(kind, folder=tmp_path, code="WDJB-MJHT").text
        lines = dict(line.split(" = ", 1) for line in text.splitlines())
        empty = {*([] if LETTERS[kind].link_kind else ["button"]), *([] if LETTERS[kind].told else ["told"])}
        assert {name for name in names if lines[name] == "."} == empty, kind


# --- and those from before letters were tables

OLD_CHILD_HTML = """{% extends letter %}
{% block title %}{{ subject }}{% endblock %}
{% block request %}{{ _("Use this button to log in.") }}{% endblock %}
{% block button %}{{ button }}{% endblock %}
{% block more %}<p>See you soon.</p>{% endblock %}
"""
OLD_CHILD_TEXT = """{% extends letter %}
{% block title %}{{ subject }}{% endblock %}
{% block request %}{{ _("Use this link to log in:") }}{% endblock %}
{% block more %} See you soon.{% endblock %}
"""
OLD_FRAME_HTML = """<!doctype html>
<html lang="{{ language.tag }}"{% if language.is_right_to_left %} dir="rtl"{% endif %}>
<title>{% block title %}{% endblock %}</title>
<h1>{{ self.title() }}</h1>
<p>{{ _("Hello") }}{% if user.name %} <span dir="auto">{{ user.name }}</span>{% endif %},</p>
<p>{% block request %}{% endblock %}</p>
<p><a href="{{ token.confirmationURL }}">{% block button %}{% endblock %}</a></p>
<p>{{ _("The link works once and expires in %(time)s.", time=validity) }}</p>
{% block more %}{% endblock %}
<p>{{ asked.time }}, {{ asked.browser }}, {{ site.name }}</p>
"""
OLD_FRAME_TEXT = """Subject: {% block title %}{% endblock %}
{{ _("Hello") }}{% if user.name %} {{ user.name }}{% endif %},

{% block request %}{% endblock %}

{{ token.confirmationURL }}

{{ _("The link works once and expires in %(time)s.", time=validity) }}{% block more %}{% endblock %}

{{ site.name }}
"""


def test_old_letters_of_ones_own_go_on_within_our_frame(tmp_path: Path) -> None:
    (tmp_path / "magic-link.html").write_text(OLD_CHILD_HTML, "utf-8")
    (tmp_path / "magic-link.txt").write_text(OLD_CHILD_TEXT, "utf-8")
    mail = write_letter("magic-link", folder=tmp_path)
    assert mail.subject == "Your login link for Acme, code WDJB-MJHT"
    for said in (mail.text, _find_article(mail).text()):
        _are_said_in_order(["Ada Lovelace,", "to log in", "Works once, for 1 hour.", "See you soon."], said)
    assert _find_article(mail).all("a")[0].text() == "Log in"


def test_our_letters_go_on_within_an_old_frame_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text(OLD_FRAME_HTML, "utf-8")
    (tmp_path / "letter.txt").write_text(OLD_FRAME_TEXT, "utf-8")
    for kind in KINDS:
        mail, ours = write_letter(kind, folder=tmp_path), write_letter(kind)
        page = parse(mail.html)
        assert mail.subject == ours.subject
        assert page.all("h1")[0].text() == _heading(ours), kind
        assert [link.text() for link in page.all("a")] == [_find_article(ours).all("a")[0].text()], kind
        for said in (mail.text, page.text()):
            _are_said_in_order(["Hello Ada Lovelace,", "Acme", "The link works once and expires in 1 hour."], said)


def _find_article(mail: RenderedMail) -> Element:
    (article,) = parse(mail.html).all("[role=article]")
    return article


def _heading(mail: RenderedMail) -> str:
    (heading,) = parse(mail.html).all("h1")
    return heading.text()


def _find_style(element: Element) -> list[str]:
    return element.get("style").split(";")
