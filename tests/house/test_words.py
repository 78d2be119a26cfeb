"""Every word for people goes through gettext, and every catalogue has all of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from backend.kernel.events import EventKind
from backend.mail.letters import DISOWNABLE, LETTERS
from tests.kit.source_files import name_file
from translations import LANGUAGES, SOURCE, Locale, use_locale

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "translations"
TEMPLATES = sorted(
    path
    for pattern in (
        "templates/**/*.html",
        "partials/**/*.html",
        "backend/http/templates/*.html",
        "backend/mail/messages/*",
    )
    for path in ROOT.glob(pattern)
)
FOR_OPERATORS = ("__main__.py", "asgi.py", "settings.py", "static.py")
MODULES = [
    *(path for path in sorted(ROOT.glob("web/**/*.py")) if path.name not in FOR_OPERATORS),
    *(ROOT / "backend" / "endpoints" / name for name in ("link_page.py", "outbox.py")),
    *(ROOT / "backend" / "mail" / name for name in ("letters.py", "templates.py")),
]
READ_ALOUD = ("alt", "title", "aria-label", "aria-description", "placeholder", "content", "value", "label")
GETTEXT = ("_", "gettext", "ngettext")
SYNTAX = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
HOLE = "\ufffc"  # where a template puts something in
HEAD = {"utf-8", "light dark", "width=device-width, initial-scale=1"}
NO_DETECTION = "telephone=no, date=no, address=no, email=no, url=no"  # what programs make links of unless told
NO_WORDS = {*HEAD, NO_DETECTION, "UTC", "account overview", "Subject: ,"}


# Templates


def test_no_template_speaks_for_itself() -> None:
    said = {name_file(path): [*words_in_template(path.read_text("utf-8"))] for path in TEMPLATES}
    assert {path: words for path, words in said.items() if words} == {}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Log in</p>", ["Log in"]),
        ("<p>{{ _('Log in') }}</p>", []),
        ("<p>{% trans name=name %}Hello, {{ name }}{% endtrans %}</p>", []),
        ('<img alt="A photo"><input placeholder="{{ _("Name") }}">', ["A photo"]),
        ("<body{% if private %} data-private{% endif %} data-error=\"{{ _('Error:') }}\"><i>–</i>", []),
        ("<body data-no-answer='No answer.'>", ["No answer."]),
        ("{{ field('email', 'Email address') }}{{ field('name', _('Name')) }}", ["Email address"]),
        ("{% set titles = {'used': 'Used already'} %}", ["Used already"]),
        ("{{ 'Log in' if guest else _('Log out') }}", ["Log in"]),
        ("{# Log in #}<p id='log-in' class='button main'>{{ ngettext('One', 'Many', count) }}</p>", []),
    ],
)
def test_a_word_that_goes_its_own_way_is_found(template: str, found: list[str]) -> None:
    assert [*words_in_template(template)] == found


def words_in_template(source: str) -> Iterator[str]:
    """What stands in the page as text or as an attribute that is read, and what reads like words in an expression."""
    tree = SYNTAX.parse(source)
    page = LocaleMiddleware()
    page.feed("".join(literal(part) for output in tree.find_all(nodes.Output) for part in output.nodes))
    page.close()
    yield from page.words
    spoken = {
        id(const) for call in tree.find_all(nodes.Call) if is_gettext(call) for const in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        if id(const) not in spoken and isinstance(const.value, str) and re.match(r"\s*[A-Z][a-z-]+\b", const.value):
            yield const.value


def literal(part: nodes.Node) -> str:
    return part.data if isinstance(part, nodes.TemplateData) else HOLE


def is_gettext(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in GETTEXT


class LocaleMiddleware(HTMLParser):
    """Collects what people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            is_read = name in READ_ALOUD and not (
                tag == "meta" and {"htmx-config", "refresh"} & set(dict(attrs).values())
            )
            is_told_by_script = name.startswith("data-") and " " in (value or "")
            if is_read or is_told_by_script:
                self._note(value or "", at_least="[A-Z]|[a-z] " if name == "value" else "[A-Za-z]")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "style":
            self._note(data, at_least="[A-Za-z]")

    def _note(self, text: str, at_least: str) -> None:
        said = " ".join(text.replace(HOLE, " ").split())
        is_markup = re.match(r"[a-z-]+=", said)  # what a macro adds to a tag
        if said not in NO_WORDS and not is_markup and re.search(at_least, said):
            self.words.append(said)


# Python


def test_no_module_speaks_for_itself() -> None:
    said = {name_file(path): [*sentences(path.read_text("utf-8"))] for path in MODULES}
    assert {path: words for path, words in said.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("said = _('Name saved.')", []),
        ("said = 'Name saved.'", ["Name saved."]),
        ("form.errors['name'] = f'Enter {name}.'", ["Enter "]),
        ('def f():\n    """What it does."""', []),
        ("log.warning('backend unreachable: %s')", []),
        ("headers['Retry-After'] = '10'", []),
        ("said = f\"{said} {_('Make new ones.')}\"", ["Make new ones."]),
        ("words = {404: ('Page not found', _('It moved.'))}", ["Page not found"]),
    ],
)
def test_a_sentence_that_goes_its_own_way_is_found(source: str, found: list[str]) -> None:
    assert [*sentences(source)] == found


def sentences(source: str) -> Iterator[str]:
    """Texts that begin like a sentence, outside gettext, or within it in an f-string, where pybabel does not find them.

    Documentation is none, nor is what only we can cause.
    """
    tree = ast.parse(source)
    unseen = {id(each) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)}
    passed_over = {
        id(each) for node in ast.walk(tree) if is_no_speech(node) and id(node) not in unseen for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over
        if is_text and re.match(r"[A-Z][a-z]+[ ,.]", str(node.value)):  # type: ignore[attr-defined]
            yield str(node.value)  # type: ignore[attr-defined]


def is_no_speech(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in (*GETTEXT, "AssertionError", "TypeError", "MultiPartException")
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# Catalogues


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    """All words there are, as `make words` finds them."""
    with (CATALOGUES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalogue = Catalog()
    for _file, _line, message, _comments, _context in extract_from_dir(
        ROOT, methods, options, directory_filter=lambda folder: Path(folder).name not in NOT_OURS
    ):
        catalogue.add(message)
    assert len(catalogue) > 100
    return catalogue


NOT_OURS = {".venv", "node_modules", ".git", "var", "tests", "bench", "docs", "static", "__pycache__"}
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE})


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def catalogue_of(code: str) -> Catalog:
    return read(CATALOGUES / code.replace("-", "_") / "LC_MESSAGES" / "messages.po")


def ids(catalogue: Iterable[Message]) -> set[object]:
    return {message.id for message in catalogue if message.id}


def test_the_template_of_the_catalogues_is_up_to_date(wanted: Catalog) -> None:
    assert ids(read(CATALOGUES / "messages.pot")) == ids(wanted), "run `make words`"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_every_word_and_no_other(code: str, wanted: Catalog) -> None:
    catalogue = catalogue_of(code)
    assert ids(catalogue) == ids(wanted), "run `make words`"
    assert not catalogue.obsolete


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_is_complete(code: str) -> None:
    catalogue = catalogue_of(code)
    for message in catalogue:
        translated = forms(message.string)
        assert all(translated), f"not translated: {message.id}"
        assert not (message.id and message.fuzzy), f"only guessed: {message.id}"
        assert len(translated) == (catalogue.num_plurals if message.pluralizable else 1)
        assert not [*filter(None, message.check(catalogue))], message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_placeholders_and_marks(code: str) -> None:
    for message in catalogue_of(code):
        if message.id:
            for form in forms(message.string):
                assert marks(form) == marks(forms(message.id)[-1]), form


def forms(text: object) -> tuple[str, ...]:
    """One, or one for each number."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text or ""),)


def marks(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|<[^>]+>", text))


OTHERS_WAY_TO_ADDRESS = {"de": r"\bSie\b|\bIhre?[nmrs]?\b|\bIhnen\b", "de-formal": r"\b[dD](u|ir|ich|eine?[nmrs]?)\b"}


@pytest.mark.parametrize("code", OTHERS_WAY_TO_ADDRESS)
def test_german_has_its_own_quotation_marks_and_one_way_to_address_people(code: str) -> None:
    for message in catalogue_of(code):
        for form in forms(message.string):
            text = re.sub(r"<[^>]+>", "", form)
            assert not re.search(rf"[\"”]|{OTHERS_WAY_TO_ADDRESS[code]}|\bLogin\b|\beinloggen\b|'", text), form


def test_the_formal_german_says_what_the_familiar_says() -> None:
    """A message that addresses nobody is the same in both, but for greetings and the tone of a failure."""
    familiar, formal = catalogue_of("de"), catalogue_of("de-formal")
    toned = {"Hello", "Hello, <bdi>%(name)s</bdi>", "Something went wrong", "That didn’t work. Try again."}
    for message in familiar:
        if message.id and message.id not in toned:
            told = formal[message.id].string
            is_addressed = re.search(r"\b(Sie|Ihnen|Ihre?[nmrs]?)\b", " ".join(forms(told)))
            assert is_addressed or told == message.string, message.id


@pytest.mark.parametrize("code", LANGUAGES)
def test_apostrophes_are_typographic(code: str) -> None:
    catalogue = catalogue_of(code) if code != SOURCE else read(CATALOGUES / "messages.pot")
    texts = [*(message.id for message in catalogue), *(message.string for message in catalogue if code != SOURCE)]
    assert not [form for text in texts for form in forms(text) if "'" in re.sub(r"<[^>]+>", "", form)]


def test_every_folder_of_translations_is_a_language_that_is_spoken() -> None:
    assert {path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/*.po")} == {
        code.replace("-", "_") for code in TRANSLATED
    }


QUOTED = re.compile(r"[“„«]\s?([^“”„«»]+?)\s?[”“»]")


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_page_names_a_mail_by_the_words_with_which_its_subject_begins(code: str) -> None:
    """In the order of the English, so that each is compared with its own."""
    found = [pair for message in catalogue_of(code) for pair in find_named_mails(message, code)]
    assert len(found) >= 3
    for named, subject in found:
        assert subject.startswith(named), named


def find_named_mails(message: Message, code: str) -> Iterator[tuple[str, str]]:
    """Yield what a message calls a mail in this language, with the subject of that mail."""
    english, translated = (QUOTED.findall(forms(text)[0]) for text in (message.id, message.string))
    for title in english:
        for kind in [kind for kind in LETTERS if find_subject(kind, SOURCE).startswith(title)][:1]:
            yield translated[english.index(title)], find_subject(kind, code)


def find_subject(kind: str, code: str) -> str:
    with use_locale(Locale(LANGUAGES[code])):
        return LETTERS[kind].subject("Acme")


def test_the_history_has_words_for_every_kind_of_event() -> None:
    words = (ROOT / "partials" / "history" / "_rows.html").read_text("utf-8")
    assert [kind.value for kind in EventKind if f'"{kind.value}"' not in words] == []


def test_the_page_of_a_notice_has_a_heading_and_a_sentence_for_every_letter() -> None:
    words = (ROOT / "templates" / "links" / "_notices.html").read_text("utf-8")
    last = {"password-changed"}  # what is said where no other is
    assert [name for name in DISOWNABLE - last if words.count(f'"{name}"') < 2] == []
