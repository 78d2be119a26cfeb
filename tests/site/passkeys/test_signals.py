"""What a page tells the browser, whose devices show name and address beside a passkey."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.types import ASGIApp

from tests.kit.app import SITE, open_browser
from tests.kit.markup import parse
from tests.kit.new_addresses import NEW, asks_for_a_new_address, reads_code
from tests.kit.passkey_steps import arrives_with_passkey, signals
from tests.kit.people import ADA, arrives, logs_in
from tests.kit.visitor import Visitor


async def changes_the_name(visitor: Visitor, name: str = "Countess") -> None:
    await visitor.opens("/profile")
    await visitor.follows("Change name")
    await visitor.submits("Save", name=name)
    assert visitor.who == name


def read_signals(visitor: Visitor) -> dict[str, Any]:
    """By the newest answer: what the page said before, the script has removed."""
    elements = parse(visitor.response.text).all("[data-signal]")
    return {each.get("data-signal"): json.loads(each.get("data-about")) for each in elements}


async def test_a_new_name_is_told_on_the_page_after_it(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await changes_the_name(visitor)
    details = {"rpId": "localhost", "userId": passkey.handle, "name": ADA.email, "displayName": "Countess"}
    assert read_signals(visitor) == {"CurrentUserDetails": details}


async def test_a_new_address_is_told_on_the_page_after_it(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.submits("Continue", code=await reads_code(visitor))
    assert visitor.sees(f"Email address {NEW}")
    assert read_signals(visitor)["CurrentUserDetails"]["name"] == NEW


async def test_whoever_has_no_passkey_has_no_device_to_tell(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await changes_the_name(visitor)
    assert signals(visitor) == {}


async def test_at_a_number_no_device_would_listen(app: ASGIApp, visitor: Visitor, kind: type[Visitor]) -> None:
    await arrives_with_passkey(visitor, ADA)
    async with open_browser(app, SITE) as http:
        at_a_number = kind(http)
        await logs_in(at_a_number, ADA)
        await changes_the_name(at_a_number)
        assert signals(at_a_number) == {}


async def test_what_is_told_moves_nothing_on_the_page(visitor: Visitor) -> None:
    """Spaces depend on what follows what, and the script removes it."""
    await arrives_with_passkey(visitor, ADA)
    await visitor.opens("/profile")
    assert signals(visitor)
    assert re.search(r'</h1>\s*<div class="card', visitor.response.text)
