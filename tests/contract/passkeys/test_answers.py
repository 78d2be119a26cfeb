"""What an answer of a passkey must not be, and what the library that verifies leaves to us."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.authenticator import BACKED_UP, ELIGIBLE, PRESENT, VERIFIED, Authenticator, encode
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.passkeys import BROWSER, adds, asks, list_passkeys, logs_in, sends, sends_new

Change = Callable[[dict[str, Any]], Any]
WRONG_CLIENT_DATA: dict[str, dict[str, Any]] = {
    "another port": {"origin": "http://localhost:8001"},
    "the number of the same computer": {"origin": "http://127.0.0.1:8000"},
    "https of the same name": {"origin": "https://localhost:8000"},
    "a name below it": {"origin": "http://app.localhost:8000"},
    "no port": {"origin": "http://localhost"},
    "with a slash": {"origin": "http://localhost:8000/"},
    "somebody else's site": {"origin": "https://evil.example"},
    "in somebody else's frame": {"crossOrigin": True},
    "in a frame, said in words": {"crossOrigin": "false"},
    "below another page": {"topOrigin": "https://evil.example"},
    "below another page, and not said so": {"crossOrigin": False, "topOrigin": "http://localhost:8000"},
    "made instead of used": {"type": "webauthn.create"},
    "a payment": {"type": "payment.get"},
    "a challenge of its own": {"challenge": encode(bytes(56))},
    "a challenge cut off": {"challenge": encode(bytes(8))},
    "no challenge": {"challenge": ""},
    "a challenge that is none": {"challenge": None},
}


async def joins_and_adds(backend: Backend, **about: Any) -> Authenticator:
    await backend.joins()
    return await adds(backend, (await backend.signs_in()).token, Authenticator(**about))


@pytest.fixture
async def unlimited(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend that may be asked as often as there are wrong answers."""
    async with run_backend(tmp_path, LIMIT_FACTOR="1000000") as backend:
        yield backend


async def test_client_data_that_is_wrong_is_refused(unlimited: Backend) -> None:
    ada = await joins_and_adds(unlimited)
    for name, client_data in WRONG_CLIENT_DATA.items():
        assert (await logs_in(unlimited, ada, **client_data)).code == "wrong_passkey", name
        assert (await logs_in(unlimited, ada)).status == 200, name


async def test_client_data_of_a_new_passkey_that_is_wrong_is_refused(unlimited: Backend) -> None:
    await unlimited.joins()
    token = (await unlimited.signs_in()).token
    for name, client_data in WRONG_CLIENT_DATA.items():
        kind = {"type": "webauthn.get"} if client_data.get("type") == "webauthn.create" else {}
        made = Authenticator().creates(await asks(unlimited, "add", session=token), **{**client_data, **kind})
        assert (await sends_new(unlimited, token, made)).code == "wrong_passkey", name
    assert await list_passkeys(unlimited, token) == []


async def test_what_browsers_add_to_the_client_data_does_no_harm(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    more = {"other_keys_can_be_added_here": "do not compare clientDataJSON against a template"}
    assert (await logs_in(backend, ada, **more)).status == 200


async def test_the_passkey_of_another_domain_is_refused(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    options = await asks(backend)
    assert (await sends(backend, ada.signs({**options, "rpId": "127.0.0.1"}))).code == "wrong_passkey"
    assert (await sends(backend, ada.signs(options))).status == 200


async def test_nobody_who_is_not_there_is_let_in(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    ada.flags = VERIFIED
    assert (await logs_in(backend, ada)).code == "wrong_passkey"


async def test_whether_it_can_be_synchronized_may_never_change(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    ada.flags = PRESENT | VERIFIED | ELIGIBLE
    assert (await logs_in(backend, ada)).code == "wrong_passkey"
    ada.flags = PRESENT | VERIFIED | BACKED_UP  # backed up, though it cannot be
    assert (await logs_in(backend, ada)).code == "wrong_passkey"


async def test_that_it_is_backed_up_now_is_noted(backend: Backend) -> None:
    ada = await joins_and_adds(backend, flags=PRESENT | VERIFIED | ELIGIBLE)
    ada.flags |= BACKED_UP
    opened = await logs_in(backend, ada)
    assert [each["isBackedUp"] for each in await list_passkeys(backend, opened.token)] == [True]


async def test_the_handle_of_somebody_else_is_refused_and_so_is_none(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    own = ada.handle
    for handle in (encode(bytes(32)), "", None):
        ada.handle = handle
        assert (await logs_in(backend, ada)).code == "wrong_passkey", handle
    ada.handle = own
    assert (await logs_in(backend, ada)).status == 200


async def test_a_signature_of_another_key_is_refused(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    stranger = Authenticator(credential_id=ada.credential_id, handle=ada.handle)
    assert (await logs_in(backend, stranger)).code == "wrong_passkey"


async def test_an_assertion_of_one_never_logs_in_another(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    await backend.joins("grace@example.com")
    grace = await adds(backend, (await backend.signs_in("grace@example.com")).token)
    answer = json.loads(grace.signs(await asks(backend)))
    answer["id"] = answer["rawId"] = ada.id
    assert (await sends(backend, json.dumps(answer))).code == "wrong_passkey"
    grace.handle = ada.handle
    assert (await logs_in(backend, grace)).code == "wrong_passkey"


async def test_the_answer_may_come_as_json_or_as_its_text(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    assert (await sends(backend, json.loads(ada.signs(await asks(backend))))).status == 200


def put(*path: str, value: Any) -> Change:
    def change(answer: dict[str, Any]) -> dict[str, Any]:
        at = answer
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value
        return answer

    return change


BROKEN: dict[str, Change] = {
    "a handle of one letter": put("response", "userHandle", value="a"),
    "an id of one letter": put("id", value="a"),
    "another raw id": put("rawId", value=encode(bytes(16))),
    "an id that is too long": put("id", value=encode(bytes(1024))),
    "an empty id": put("id", value=""),
    "no signature": put("response", "signature", value=""),
    "a signature that is none": put("response", "signature", value=17),
    "data that is cut off": put("response", "authenticatorData", value=encode(bytes(36))),
    "no data": put("response", "authenticatorData", value=None),
    "no response": put("response", value=None),
    "a list for a response": put("response", value=[]),
    "client data that is no JSON": put("response", "clientDataJSON", value=encode(b"{")),
    "client data that is a list": put("response", "clientDataJSON", value=encode(b"[]")),
    "client data that is deep": put("response", "clientDataJSON", value=encode(b"[" * 4000)),
    "client data that is no text": put("response", "clientDataJSON", value={}),
    "another type": put("type", value="password"),
    "nothing but an id": lambda answer: {"id": answer["id"]},
    "a list": lambda _answer: [],
    "a number": lambda _answer: 7,
    "deep": lambda _answer: "[" * 4000,
}


async def test_an_answer_that_is_broken_is_refused_like_a_wrong_one(unlimited: Backend) -> None:
    ada = await joins_and_adds(unlimited)
    for name, change in BROKEN.items():
        changed = change(json.loads(ada.signs(await asks(unlimited))))
        text = changed if isinstance(changed, str) else json.dumps(changed)
        assert (await sends(unlimited, text)).code in ("wrong_passkey", "unknown_passkey"), name


@pytest.mark.parametrize("credential", ["", None, 7, [], "x" * 8193, {"id": "x" * 8193}, "ü" * 4097])
async def test_what_is_no_text_or_too_long_is_not_looked_at(backend: Backend, credential: Any) -> None:
    refused = await sends(backend, credential)
    assert (refused.status, refused.params) == (400, ["credential"])


TAGGED: dict[str, Any] = {
    "an expression": cbor2.CBORTag(35, "(?i)[a-z]"),
    "a mail": cbor2.CBORTag(36, "Subject: x"),
    "a number": cbor2.CBORTag(2, b"\xff" * 100),
    "far inside": [{"a": {"b": [cbor2.CBORTag(35, "a")]}}],
    "after a text": ["a" * 300, b"b" * 300, 1.5, -70000, cbor2.CBORTag(35, "a")],
}


async def test_nothing_is_read_that_means_more_than_its_bytes(unlimited: Backend) -> None:
    """A tag of CBOR has the library compile an expression, of which few bytes can keep it for a minute."""
    ada = await joins_and_adds(unlimited)
    token = (await unlimited.signs_in()).token
    for name, value in TAGGED.items():
        extensions = cbor2.dumps({"ext": value})
        made = Authenticator(extensions=extensions).creates(await asks(unlimited, "add", session=token))
        assert (await sends_new(unlimited, token, made)).code == "wrong_passkey", name
        ada.extensions = extensions
        assert (await logs_in(unlimited, ada)).code == "wrong_passkey", name


async def test_nor_in_what_tells_of_the_authenticator(unlimited: Backend) -> None:
    await unlimited.joins()
    token = (await unlimited.signs_in()).token
    for name, value in TAGGED.items():
        made = json.loads(Authenticator().creates(await asks(unlimited, "add", session=token)))
        told = cbor2.loads(base64.urlsafe_b64decode(made["response"]["attestationObject"] + "=="))
        made["response"]["attestationObject"] = encode(cbor2.dumps({**told, "more": value}))
        assert (await sends_new(unlimited, token, json.dumps(made))).code == "wrong_passkey", name


async def test_what_authenticators_say_of_their_extensions_does_no_harm(backend: Backend) -> None:
    ada = await joins_and_adds(backend, extensions=cbor2.dumps({"credProtect": 2, "minPinLength": 4}))
    ada.extensions = cbor2.dumps({"hmac-secret": bytes(range(192, 256))})
    assert (await logs_in(backend, ada)).status == 200


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.binary(max_size=60).map(encode)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner))
FIELDS = ["id", "rawId", "type", "clientExtensionResults"]
RESPONSE = ["clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject", "transports"]
BYTES = st.binary(max_size=300)


@pytest.mark.parametrize("purpose", ["signin", "add"])
async def test_whatever_is_sent_is_refused_and_nothing_breaks(tmp_path: Path, purpose: str) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="1000000") as backend:
        ada = await joins_and_adds(backend)
        token = (await backend.signs_in()).token
        options = await asks(backend, purpose, session=token)
        template = json.loads(ada.signs(options) if purpose == "signin" else Authenticator().creates(options))
        answers = [await send(backend, purpose, token, text) for text in make_up(template)]
        assert {answer.status for answer in answers} <= {200, 400, 401}
        assert [answer.status for answer in answers].count(200) <= 1  # of what changes nothing that counts


def make_up(template: dict[str, Any]) -> list[str]:
    tried: list[str] = []

    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.dictionaries(st.sampled_from(RESPONSE), JSON, min_size=1))
    def collect(fields: dict[str, Any], response: dict[str, Any]) -> None:
        tried.append(json.dumps({**template, **fields, "response": {**template["response"], **response}}))

    collect()
    return tried + [
        cut(template, name, at) for name in RESPONSE if name in template["response"] for at in (1, 5, 37, -1)
    ]


async def send(backend: Backend, purpose: str, token: str, text: str) -> Answer:
    return await sends(backend, text) if purpose == "signin" else await sends_new(backend, token, text, BROWSER)


def cut(template: dict[str, Any], name: str, at: int) -> str:
    """Of bytes the first ones; of a list too."""
    value = template["response"][name]
    if isinstance(value, str):
        value = encode(base64.urlsafe_b64decode(value + "==")[:at])
    return json.dumps({**template, "response": {**template["response"], name: value[:at] if value else value}})
