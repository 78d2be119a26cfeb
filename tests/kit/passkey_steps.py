"""What people do with passkeys at the site: what static/js/passkeys.js does for them is done here."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.kit.authenticator import Authenticator
from tests.kit.markup import Element
from tests.kit.people import Person, arrives
from tests.kit.visitor import Visitor, origin_of
from tests.kit.visitor_forms import Form, Typed, plain

NAMED_SITE = "http://localhost:8000"
FORM = "form[data-passkey]"


async def asks_for_options(visitor: Visitor, form: Element | None = None, **fields: str) -> httpx.Response:
    """As the script: the fields of the form, by fetch."""
    form = form or visitor.html.all(FORM)[0]
    site = origin_of(visitor.url)
    headers = {**visitor.headers, "Origin": site, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    data = dict(plain(Form(form).entries())) | fields
    return await visitor.http.post(site + form.get("data-options"), data=data, headers=headers)


def fills_in(visitor: Visitor, **fields: Typed) -> None:
    """The form with the passkey, and does not send it yet."""
    form = Form(visitor.html.all(FORM)[0])
    for name, value in fields.items():
        form.fill(name, value)


async def presses(visitor: Visitor, authenticator: Authenticator, **fields: Typed) -> None:
    """The button of the page's form, and then the authenticator."""
    credential = await touches(visitor, authenticator)
    await sends(visitor, credential, **fields)


async def touches(visitor: Visitor, authenticator: Authenticator, **client_data: Any) -> str:
    """Return what the authenticator answers to the page's form."""
    form = visitor.html.all(FORM)[0]
    answer = await asks_for_options(visitor, form)
    assert answer.status_code == 200, answer.text
    options = answer.json()["publicKey"]
    if form.get("data-passkey") == "create":
        return authenticator.creates(options, **client_data)
    return authenticator.signs(options, **client_data)


async def sends(visitor: Visitor, credential: str, **fields: Typed) -> None:
    form = visitor.html.all(FORM)[0]
    form.attributes.pop("hidden", None)
    button = form.all("button")[0]
    await visitor.submits(button.name(), within="#passkey", **{"credential": credential, **fields})  # type: ignore[arg-type]


async def adds_passkey(visitor: Visitor, authenticator: Authenticator | None = None, name: str = "") -> Authenticator:
    authenticator = authenticator or Authenticator()
    await visitor.opens("/profile/passkeys")
    await presses(visitor, authenticator, name=name)
    return authenticator


async def arrives_with_passkey(visitor: Visitor, person: Person, **options: Any) -> Authenticator:
    """Joins, and adds one."""
    await arrives(visitor, person)
    return await adds_passkey(visitor, Authenticator(**options))


def signals(visitor: Visitor) -> dict[str, Any]:
    """What the page tells the browser, by the name of the signal."""
    return {each.get("data-signal"): json.loads(each.get("data-about")) for each in visitor.html.all("[data-signal]")}


def rows(visitor: Visitor) -> list[str]:
    """The names of the passkeys in the list."""
    return [each.text() for each in visitor.one("passkeys-list").all("h3")]
