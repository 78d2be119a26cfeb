"""Uploads that are refused, always in the envelope."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.uploads import FORM, PART, PNG, UPLOAD, uploads

pytestmark = pytest.mark.both_databases


async def test_a_file_of_sixteen_megabytes_is_kept_and_a_larger_one_refused(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    most = bytes(16 * 1024 * 1024)
    assert (await uploads(unconfirming, session, most)).body["size"] == len(most)
    for content in (most + b"1", most + bytes(70_000)):
        refused = await uploads(unconfirming, session, content)
        assert (refused.status, refused.code) == (413, "request_body_size_too_large")


async def test_an_upload_that_never_said_how_large_it_is_ends_at_the_limit(unconfirming: Backend) -> None:
    session, sent = (await unconfirming.signs_up()).token, 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield bytes(1024 * 1024)

    query, headers = {"bucket": "root"}, {"Content-Type": FORM}
    refused = await unconfirming.post(UPLOAD, params=query, headers=headers, content=endless(), session=session)
    assert (refused.status, refused.code) == (413, "request_body_size_too_large")


BROKEN = {
    "the official client in Node": ("text/plain;charset=UTF-8", b"[object FormData]"),
    "no type": ("", PART + b"--b--\r\n"),
    "JSON": ("application/json", b"{}"),
    "no boundary": ("multipart/form-data", PART + b"--b--\r\n"),
    "another boundary": ("multipart/form-data; boundary=c", PART + b"--b--\r\n"),
    "nothing": (FORM, b""),
    "no file": (FORM, b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--b--\r\n'),
    "no headers": (FORM, b"--b\r\n\r\nabc\r\n--b--\r\n"),
    "a broken header": (FORM, b"--b\r\nContent-Disposition\r\n\r\nabc\r\n--b--\r\n"),
    "eleven files": (FORM, PART * 11 + b"--b--\r\n"),
    "very many fields": (FORM, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 101 + b"--b--\r\n"),
    "another charset": (FORM + "; charset=utf-7", PART + b"--b--\r\n"),
    "NUL in the name": (FORM, PART.replace(b'"x"', b'"x\0y"') + b"--b--\r\n"),
    "cut off in the file": (FORM, PART[:-5]),
    "cut off after the file": (FORM, PART),
}


@pytest.mark.one_database
@pytest.mark.parametrize("kind", BROKEN)
async def test_a_broken_upload_is_refused_in_the_envelope(unconfirming: Backend, kind: str) -> None:
    content_type, content = BROKEN[kind]
    session = (await unconfirming.signs_up()).token
    headers, query = {"Content-Type": content_type}, {"bucket": "root"}
    answer = await unconfirming.post(UPLOAD, params=query, headers=headers, content=content, session=session)
    assert answer.status == 400, answer.body
    assert answer.code == ("validation_error" if kind.startswith("NUL") else "file_upload_error")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "options", ["[]", "{", "7", '{"tags": 7}', '{"tags": [7]}', '{"tags": ["\\u0000"]}', "[" * 20_000]
)
async def test_options_that_make_no_sense_are_refused(unconfirming: Backend, options: str) -> None:
    session = (await unconfirming.signs_up()).token
    query = {"bucket": "root", "options": options}
    answer = await unconfirming.post(UPLOAD, params=query, files={"file": PNG}, session=session)
    assert (answer.status, answer.params) == (400, ["options"])


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["n" * 201, "two\nlines", "nul\0", "   ", "\ufeff\u200b"])
async def test_an_impossible_file_name_is_refused(unconfirming: Backend, name: str) -> None:
    session = (await unconfirming.signs_up()).token
    assert (await uploads(unconfirming, session, name=name)).params == ["fileName"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=" + "a" * 100],
    ids=["none", "long"],
)
async def test_a_boundary_that_is_not_plain_is_refused(unconfirming: Backend, content_type: str) -> None:
    refused = await _posts_a_form(unconfirming, content_type, b'form-data; name="file"; filename="a"')
    assert (refused.status, refused.code) == (400, "file_upload_error")


async def test_a_part_with_a_name_of_any_length_is_refused(unconfirming: Backend) -> None:
    named = b'form-data; name="file"; filename="' + b";" * 2000 + b'"'
    refused = await _posts_a_form(unconfirming, "multipart/form-data; boundary=other", named)
    assert (refused.status, refused.code) == (400, "file_upload_error")


async def _posts_a_form(backend: Backend, content_type: str, disposition: bytes) -> Answer:
    session = (await backend.signs_up("ada@example.com")).token
    body = b"--other\r\nContent-Disposition: " + disposition + b"\r\n\r\na\r\n--other--\r\n"
    headers, params = {"Content-Type": content_type}, {"bucket": "root", "fileName": "a"}
    path = "/storage/bucket/upload-formdata"
    return await backend.post(path, session=session, content=body, params=params, headers=headers)
