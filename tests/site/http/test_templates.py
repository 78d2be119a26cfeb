"""Templates: compiled when they are first asked for, and all of them soon after the start."""

import asyncio
from collections.abc import Mapping

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from translations import LANGUAGES, Locale, use_locale
from web.asgi import create
from web.rendering.environment import environment, environments


def test_a_template_has_the_words_of_its_language_whoever_asks_for_it_first() -> None:
    german = environment.__wrapped__("de")
    with use_locale(Locale(LANGUAGES["en"])):
        home = german.get_template("templates/entry/home.html")
    assert "".join(home.blocks["title"](home.new_context())) == "Willkommen"
    assert german.get_template("templates/entry/home.html") is home


async def test_soon_after_the_start_every_template_is_compiled_in_every_language(
    environ: Mapping[str, str], clock: Clock
) -> None:
    prepared = asyncio.Event()
    async with run_app(create(environ, clock, prepared.set)) as app, open_browser(app) as http:
        assert (await http.get("/login")).status_code == 200
        await asyncio.wait_for(prepared.wait(), 60)
    assert all(set(templates.loaded) == set(templates.list_templates()) for templates in environments().values())
