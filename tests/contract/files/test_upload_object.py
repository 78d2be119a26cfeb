"""What reaches upload-object and is nothing that Altogic's client sends."""

import json
from itertools import count
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer

UPLOAD = "/storage/bucket/upload-object"
NUMBERS = count()
PNG = json.dumps({"contentType": "image/png"})


async def uploads(
    backend: Backend,
    body: bytes,
    options: str = PNG,
    bucket: str = "root",
    content_type: str = "application/json",
    **query: Any,
) -> Answer:
    session = (await backend.signs_up(f"ada{next(NUMBERS)}@example.com")).token
    params = {"bucket": bucket, "fileName": "a.png", "options": options, **query}
    headers = {"Content-Type": content_type} if content_type else {}
    return await backend.post(UPLOAD, session=session, content=body, params=params, headers=headers)


async def stored(backend: Backend, answer: Answer) -> bytes:
    assert answer.status == 200, answer.body
    return (await backend.http.get(answer.body["publicPath"])).content


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'"\xff"',
        b'"\\ud800"',
        b"\xff\xd8\xff\xe0",
        b"[" * 100_000,
        b'{"type":"Buffer","data":[256]}',
        b'{"type":"Buffer","data":[1,,2]}',
        b'{"type":"Buffer","data":[01]}',
        b"NaN",
        b'{"a":1,"a":2}',
    ],
)
async def test_what_is_no_json_is_refused(unconfirming: Backend, body: bytes) -> None:
    refused = await uploads(unconfirming, body)
    assert (refused.status, refused.code) == (400, "invalid_request_body_syntax")


@pytest.mark.parametrize("content_type", ["text/plain", "image/png", ""])
async def test_only_what_says_that_it_is_json_is_read_as_json(unconfirming: Backend, content_type: str) -> None:
    refused = await uploads(unconfirming, b'"hello"', content_type=content_type)
    assert (refused.status, refused.code) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b'{"type":"Buffer","data":[-1]}', b'{"0":1.5}', b'{"0":true}', b'{"1":1,"0":2}'])
async def test_what_is_only_nearly_bytes_is_kept_as_it_is(unconfirming: Backend, body: bytes) -> None:
    assert await stored(unconfirming, await uploads(unconfirming, body)) == body


async def test_a_buffer_may_be_written_in_any_way(unconfirming: Backend) -> None:
    answer = await uploads(unconfirming, b'{ "data": [1, 2],\n "type": "Buffer" }')
    assert await stored(unconfirming, answer) == b"\x01\x02"


@pytest.mark.parametrize("options", ["7", "[]", "{", '{"tags":{}}', "[" * 15_000])
async def test_options_that_cannot_be_read_are_refused(unconfirming: Backend, options: str) -> None:
    refused = await uploads(unconfirming, b'"text"', options)
    assert (refused.status, refused.code) == (400, "validation_error")


@pytest.mark.parametrize("content_type", [None, 7, "", "no type", "image/png\r\nX: y", "a/" + "b" * 100])
async def test_what_is_no_type_becomes_one_that_nobody_shows(unconfirming: Backend, content_type: object) -> None:
    answer = await uploads(unconfirming, b'"text"', json.dumps({"contentType": content_type}))
    assert answer.body["mimeType"] == "application/octet-stream"


async def test_the_type_is_bare(unconfirming: Backend) -> None:
    answer = await uploads(unconfirming, b'"text"', json.dumps({"contentType": "Text/HTML; charset=UTF-8"}))
    assert answer.body["mimeType"] == "text/html"
    seen = await unconfirming.http.get(answer.body["publicPath"])
    assert seen.headers["content-disposition"].startswith("attachment")
    assert seen.headers["x-content-type-options"] == "nosniff"


async def test_a_name_is_needed_and_is_that_of_one_line(unconfirming: Backend) -> None:
    for name in ("", "  ", "a\x00b", "a\nb"):
        assert (await uploads(unconfirming, b'"text"', fileName=name)).params == ["fileName"]


async def test_a_listing_needs_no_options(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    listed = await unconfirming.post("/storage/bucket/list-files", {"bucket": "root"}, session=session)
    assert (listed.status, listed.body) == (200, [])
    wrong = await unconfirming.post("/storage/bucket/list-files", {"bucket": "root", "options": 7}, session=session)
    assert wrong.params == ["options"]
