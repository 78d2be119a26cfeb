"""Altogic's client: uploading files into the bucket `root`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.altogic.conftest import FILE_LIMIT, STORAGE_QUOTA, Served, fetched
from tests.contract.altogic.official import UNDEFINED, Client, bytes_as, node
from tests.kit.contract import KEY

EVERY_BYTE = bytes(range(256)) * 40
PNG = {"contentType": "image/png"}
JSON_KINDS = ("Buffer", "Uint8Array")


@pytest.mark.parametrize("kind", ["Blob", "File", "FormData"])
def test_a_blob_a_file_or_a_form_keeps_its_bytes_and_its_own_type(ada: Client, kind: str) -> None:
    before = ada.kept
    uploaded = ada.bucket("upload", f"{kind}.png", bytes_as(kind, EVERY_BYTE, "image/png"), {"tags": ["a", "b"]})
    file = uploaded.data
    assert (file["fileName"], file["mimeType"], file["size"]) == (f"{kind}.png", "image/png", len(EVERY_BYTE))
    assert (file["isPublic"], file["tags"], file["encoding"]) == (True, ["a", "b"], "7bit")
    assert before[1] is not None
    assert file["userId"] == before[1]["_id"]
    seen = fetched(file)
    assert (seen.content, seen.headers["content-type"]) == (EVERY_BYTE, "image/png")
    assert seen.headers["cross-origin-resource-policy"] == "cross-origin"
    assert uploaded.local == before


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_bytes_that_the_client_made_json_of_are_bytes_again(ada: Client, kind: str) -> None:
    file = ada.bucket("upload", "photo.png", bytes_as(kind, EVERY_BYTE[:2560]), PNG).data
    assert (file["mimeType"], file["size"]) == ("image/png", 2560)
    assert fetched(file).content == EVERY_BYTE[:2560]


@pytest.mark.parametrize(
    ("kind", "size"), [("Buffer", 0), ("Buffer", 65_535), ("Buffer", FILE_LIMIT), ("Uint8Array", 80_000)]
)
def test_bytes_of_any_size_are_whole(ada: Client, kind: str, size: int) -> None:
    content = (EVERY_BYTE * 10)[:size]
    assert fetched(ada.bucket("upload", "photo.png", bytes_as(kind, content), PNG).data).content == content


@pytest.mark.parametrize("text", ["hello", 'Grüße "Ada" \\ \n 👩‍💻', "", "[1,2]"])
def test_a_text_is_kept_as_utf8(ada: Client, text: str) -> None:
    file = ada.bucket("upload", "note.txt", text).data
    assert file["mimeType"] == "text/plain"
    seen = fetched(file)
    assert (seen.content, seen.headers["content-type"]) == (text.encode(), "text/plain")
    assert seen.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}], "ä": "ü"}, [1, 2, 3], {"0": 300}, {"1": 1}, 7, True])
def test_an_object_is_kept_as_json(ada: Client, value: object) -> None:
    file = ada.bucket("upload", "data.json", value, {"contentType": "application/json"}).data
    assert file["mimeType"] == "application/json"
    assert json.loads(fetched(file).content) == value


def test_an_object_that_looks_like_bytes_is_json_if_it_says_so(ada: Client) -> None:
    file = ada.bucket("upload", "data.json", {"0": 1, "1": 2}, {"contentType": "application/json"}).data
    assert fetched(file).content == b'{"0":1,"1":2}'


@pytest.mark.parametrize("lost", [bytes_as("ArrayBuffer", EVERY_BYTE), UNDEFINED, None])
def test_content_that_the_client_lost_on_the_way_is_not_kept_as_something_else(ada: Client, lost: object) -> None:
    refused = ada.bucket("upload", "photo.png", lost, PNG)
    assert refused.refusal == (400, "file_upload_error")
    assert ada.bucket("listFiles").data == []


def test_a_name_that_is_taken_gets_something_added(ada: Client) -> None:
    first, second = (ada.bucket("upload", "same.txt", text).data for text in ("one", "two"))
    assert second["fileName"] != first["fileName"]
    assert second["fileName"].startswith("same")
    assert second["fileName"].endswith(".txt")
    assert (fetched(first).text, fetched(second).text) == ("one", "two")


def test_a_name_is_what_the_call_says(ada: Client) -> None:
    blob = bytes_as("File", b"x", "text/plain", name="own name.txt")
    name = "Übersicht & mehr #1 100%.txt"
    assert ada.bucket("upload", name, blob).data["fileName"].startswith("Übersicht & mehr #1 100%")
    for wrong in ("two\nlines", "x" * 300):
        assert ada.bucket("upload", wrong, blob).refusal == (400, "validation_error")
        assert ada.bucket("upload", wrong, "text").refusal == (400, "validation_error")


def test_options_that_make_no_sense_are_refused(ada: Client) -> None:
    for options in ({"tags": [1]}, {"tags": ["x"] * 50}, {"tags": ["x" * 100]}, {"tags": 7}):
        assert ada.bucket("upload", "a.txt", "text", options).refusal == (400, "validation_error")


@pytest.mark.parametrize(
    ("kind", "size"), [(k, s) for k in ("Blob", "Buffer") for s in (FILE_LIMIT + 1, FILE_LIMIT * 20)]
)
def test_a_file_that_is_too_large_is_refused_in_a_way_that_arrives(ada: Client, kind: str, size: int) -> None:
    before = ada.kept
    refused = ada.bucket("upload", "large.bin", bytes_as(kind, b"x" * size))
    assert refused.refusal == (413, "request_body_size_too_large")
    assert refused.local == before
    assert ada.bucket("listFiles").data == []


def test_an_array_that_is_no_megabyte_but_its_json_is_is_refused(ada: Client) -> None:
    refused = ada.bucket("upload", "large", bytes_as("Uint8Array", b"x" * FILE_LIMIT), PNG)
    assert refused.refusal == (413, "request_body_size_too_large")


def test_a_text_that_is_too_large_is_refused(ada: Client) -> None:
    assert ada.bucket("upload", "large.txt", "x" * (FILE_LIMIT + 1)).refusal == (413, "request_body_size_too_large")


def test_there_is_room_for_so_much_and_deleting_makes_room(ada: Client, unconfirming: Served) -> None:
    fitting = STORAGE_QUOTA // (FILE_LIMIT + 1024)
    blob = bytes_as("Blob", b"x" * FILE_LIMIT)
    files = [ada.bucket("upload", f"{number}.bin", blob).data for number in range(fitting)]
    refused = ada.bucket("upload", "one more.bin", blob)
    assert refused.refusal == (413, "request_body_size_too_large")
    assert "room" in refused.errors["items"][0]["message"]
    assert unconfirming.someone()[0].bucket("upload", "others.bin", blob).data  # each has room of their own
    assert ada.file(files[0]["_id"], "delete").errors is None
    assert ada.bucket("upload", "one more.bin", blob).data


def test_empty_files_are_not_endless(ada: Client) -> None:
    for number in range(STORAGE_QUOTA // 1024):
        assert ada.bucket("upload", f"{number}.txt", "").errors is None
    assert ada.bucket("upload", "one more.txt", "").status == 413


@pytest.fixture(scope="module")
def as_node_gets_it(unconfirming_url: str) -> Iterator[Client]:
    """The package without a fetch that can send Blobs."""
    with node(stock=True) as process:
        client = process.client(unconfirming_url, KEY)
        client.succeeds("signUpWithEmail", "stock@example.com", "a long password", "Ada")
        yield client


@pytest.fixture(scope="module")
def unconfirming_url(serving: Any) -> str:
    return str(serving(EMAIL_CONFIRMATION="off", FILE_LIMIT=str(FILE_LIMIT), STORAGE_QUOTA=str(STORAGE_QUOTA)).url)


@pytest.mark.parametrize("kind", ["Blob", "File", "FormData"])
def test_node_breaks_a_form_and_is_told(as_node_gets_it: Client, kind: str) -> None:
    refused = as_node_gets_it.bucket("upload", "photo.png", bytes_as(kind, EVERY_BYTE, "image/png"))
    assert refused.refusal == (400, "file_upload_error")


def test_node_can_send_a_buffer(as_node_gets_it: Client) -> None:
    file = as_node_gets_it.bucket("upload", "photo.png", bytes_as("Buffer", EVERY_BYTE), PNG).data
    assert fetched(file).content == EVERY_BYTE
    assert as_node_gets_it.auth("signInWithEmail", "stock@example.com", "wrong").status == 401
    assert as_node_gets_it.succeeds("signOut").local == (None, None, None)
