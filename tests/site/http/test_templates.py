"""Templates: compiled when they are first asked for, and all of them soon after the start."""

import asyncio
import re
from collections.abc import Mapping

import jinja2
import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from translations import LANGUAGES, Locale, use_locale
from web.api.shapes import User
from web.asgi import create
from web.rendering.environment import environment, environments


def test_a_template_has_the_words_of_its_language_whoever_asks_for_it_first() -> None:
    german = environment.__wrapped__("de")
    with use_locale(Locale(LANGUAGES["en"])):
        home = german.get_template("templates/entry/home.html")
    assert "".join(home.blocks["title"](home.new_context())) == "Willkommen"
    assert german.get_template("templates/entry/home.html") is home


def test_a_value_within_a_message_is_escaped_and_the_message_is_in_the_language_of_the_template() -> None:
    with use_locale(Locale(LANGUAGES["de"])):
        greeting = environment("de").from_string("{% trans name=name %}Keep “<bdi>{{ name }}</bdi>”{% endtrans %}")
    assert greeting.render(name="<i>&") == "„<bdi>&lt;i&gt;&amp;</bdi>“ behalten"


def test_a_macro_is_called_with_its_defaults_by_name_and_around_a_block() -> None:
    box = environment("en").from_string(
        """{% macro box(title, look="flat") %}<p class="{{ look }}">{{ title }}: {{ caller() }}</p>{% endmacro %}"""
        """{% call box("<1>") %}<b>{{ name }}</b>{% endcall %}{% call box(look="wide", title="2") %}&{% endcall %}"""
    )
    assert box.render(name="<i>") == '<p class="flat">&lt;1&gt;: <b>&lt;i&gt;</b></p><p class="wide">2: &</p>'


@pytest.mark.parametrize(
    "source", ["{{ name }}", "{{ user.name }}", "{% macro box(title) %}{{ title }}{% endmacro %}{{ box() }}"]
)
def test_a_name_that_is_not_there_is_an_error(source: str) -> None:
    with pytest.raises((jinja2.UndefinedError, AttributeError)):
        environment("en").from_string(source).render(user={"name": "an item is no attribute"})


@pytest.mark.parametrize("name", ['"partials/profile/portrait.html"', "portrait"], ids=["known", "told later"])
def test_what_is_included_sees_the_names_around_it_and_keeps_its_own(name: str) -> None:
    page = environment("en").from_string(
        f"{{% for current_user in people %}}{{% include {name} %}}{{% endfor %}}{{{{ address is defined }}}}"
    )
    people = [User(id_, "", name, "") for id_, name in (("1", "Ada <Lovelace"), ("2", "Grace Hopper"))]
    shown = page.render(people=people, photo_url=str, portrait="partials/profile/portrait.html")
    assert re.findall(">([A-Z&;]+)</text>", shown) == ["AL", "GH"]
    assert shown.endswith("False")


def test_arguments_are_written_out() -> None:
    with pytest.raises(jinja2.TemplateAssertionError):
        environment("en").from_string("{{ greet(*names) }}")


async def test_templates_are_compiled_before_most_people_ask_for_them(environ: Mapping[str, str], clock: Clock) -> None:
    """Those in English soon after the start, those in another language once somebody reads it."""
    prepared = asyncio.Event()
    async with run_app(create(environ, clock, prepared.set)) as app, open_browser(app) as http:
        assert (await http.get("/login")).status_code == 200
        await asyncio.wait_for(prepared.wait(), 60)
        assert is_compiled("en")
        await http.get("/login", headers={"Accept-Language": "de"})
        await asyncio.wait_for(wait_until_compiled("de"), 60)


def is_compiled(language: str) -> bool:
    templates = environments()[language]
    return set(templates.loaded) == set(templates.list_templates())


async def wait_until_compiled(language: str) -> None:
    while not is_compiled(language):  # noqa: ASYNC110 (a thread compiles, which tells nobody)
        await asyncio.sleep(0.01)
