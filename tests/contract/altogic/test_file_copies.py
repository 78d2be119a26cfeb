"""Altogic's client: copies of one's own files, files that move, and other content for one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.altogic.conftest import STORAGE_QUOTA, Served, fetched
from tests.contract.altogic.official import Client, bytes_as
from tests.contract.altogic.test_files import names

pytestmark = pytest.mark.both_databases

LARGE = bytes(range(256)) * 300  # more than one piece of the database
NO_ROOM = (413, "request_body_size_too_large")


def test_a_file_is_duplicated_beside_itself(ada: Client) -> None:
    tagged = {"tags": ["x"], "isPublic": False}
    file = ada.bucket("upload", "first.png", bytes_as("Blob", LARGE, "image/png"), tagged).data
    copy = ada.file("first.png", "duplicate").data
    assert copy["fileName"].startswith("first_")
    assert copy["fileName"].endswith(".png")
    told = ("size", "mimeType", "isPublic", "tags", "bucketId", "userId")
    assert [copy[name] for name in told] == [file[name] for name in told]
    named = ada.file("first.png", "duplicate", "second.png").data
    assert named["fileName"] == "second.png"
    assert len({each["_id"] for each in (file, copy, named)}) == 3
    assert ada.file("first.png", "delete").errors is None
    ada.file("second.png", "makePublic")
    assert fetched(named).content == LARGE
    for wrong in ("", "two\nlines", 7):
        assert ada.file("second.png", "duplicate", wrong).refusal == (400, "validation_error")
    assert ada.bucket("deleteFiles", [copy["fileName"], named["fileName"]]).errors is None


def test_a_file_is_copied_and_moved_between_buckets(ada: Client, unconfirming: Served) -> None:
    archive = ada.storage("createBucket", "archive").data
    file = ada.bucket("upload", "a.txt", "text").data
    copy = ada.file(file["_id"], "copyTo", "archive").data
    assert (copy["bucketId"], fetched(copy).text) == (archive["_id"], "text")
    assert copy["fileName"] != file["fileName"], "a name is taken once, in whichever bucket"
    moved = ada.file(file["_id"], "moveTo", archive["_id"]).data
    assert (moved["_id"], moved["fileName"], moved["bucketId"]) == (file["_id"], file["fileName"], archive["_id"])
    assert (fetched(moved).text, fetched(file).status_code) == ("text", 404)
    assert ada.bucket("listFiles").data == []
    assert names(ada.bucket("listFiles", bucket="archive").data) == [moved["fileName"], copy["fileName"]]
    assert ada.file(file["_id"], "moveTo", "root", bucket="archive").data["publicPath"] == file["publicPath"]

    grace, _ = unconfirming.someone()
    theirs = grace.storage("createBucket", "theirs").data
    wrong: list[Any] = ["nowhere", theirs["_id"], None, ["root"]]
    for where in wrong:
        for method in ("copyTo", "moveTo"):
            assert ada.file(file["_id"], method, where).refusal == (404, "bucket_not_found")


def test_other_content_for_a_file_keeps_its_name_and_gets_an_address_that_no_cache_knows(ada: Client) -> None:
    file = ada.bucket("upload", "a.txt", "old", {"tags": ["x"], "isPublic": False}).data
    name = file["fileName"]
    by_form = ada.file(name, "replace", bytes_as("Blob", LARGE, "image/png"), {"isPublic": True}).data
    assert (by_form["fileName"], by_form["size"], by_form["mimeType"]) == (name, len(LARGE), "image/png")
    assert (by_form["isPublic"], by_form["tags"], by_form["uploadedAt"]) == (True, ["x"], file["uploadedAt"])
    assert by_form["publicPath"] != file["publicPath"]
    assert fetched(by_form).content == LARGE
    by_object = ada.file(by_form["_id"], "replace", "new", {"tags": ["y"]}).data
    assert (by_object["fileName"], by_object["isPublic"], by_object["tags"]) == (name, True, ["y"])
    assert (fetched(by_object).text, fetched(by_form).status_code) == ("new", 404)
    assert names(ada.bucket("listFiles").data) == [name]


def test_copies_take_room_and_what_is_replaced_gives_it_back(ada: Client) -> None:
    third = bytes_as("Blob", bytes(STORAGE_QUOTA // 3 - 5 * 1024))
    one, other, _ = (ada.bucket("upload", "third.bin", third).data["_id"] for _ in range(3))
    assert ada.storage("createBucket", "other").errors is None
    assert ada.file(one, "duplicate").refusal == NO_ROOM
    assert ada.file(one, "copyTo", "other").refusal == NO_ROOM
    assert ada.file(one, "moveTo", "other").errors is None
    replaced = ada.file(other, "replace", third, {}).data
    small = ada.file(replaced["_id"], "replace", "small", {}).data
    assert ada.file(small["_id"], "duplicate").data["size"] == small["size"] == len("small")
