"""Altogic's client: one's own files in the bucket `root`, after they were uploaded."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.contract.altogic.conftest import Served, fetched
from tests.contract.altogic.official import Client, bytes_as
from tests.contract.altogic.test_records import id_of

pytestmark = pytest.mark.both_databases

ALL_OF_A_FILE: list[tuple[Any, ...]] = [
    *(("getInfo",), ("makePublic",), ("makePrivate",), ("download",), ("rename", "x"), ("addTags", "x"), ("delete",)),
    *(("removeTags", "x"), ("updateInfo", "x", True, []), ("duplicate",), ("copyTo", "root"), ("moveTo", "root")),
    *(("replace", "text", {}), ("replace", bytes_as("Blob", b"text"), {})),
]


def names(answer: list[dict[str, Any]]) -> list[str]:
    return [file["fileName"] for file in answer]


def test_a_file_is_found_by_its_name_and_its_id(ada: Client) -> None:
    file = ada.bucket("upload", "found.txt", "text").data
    for which in (file["fileName"], file["_id"]):
        assert ada.file(which, "getInfo").data == file
        assert ada.file(which, "exists").data is True
    assert ada.file("found.txt", "getInfo", bucket=file["bucketId"]).errors is None


def test_what_is_not_there_says_so(ada: Client) -> None:
    before = ada.kept
    assert ada.file("nothing.txt", "exists").data is False
    for method, *given in ALL_OF_A_FILE:
        assert ada.file("nothing.txt", method, *given).refusal == (404, "file_not_found"), method
    assert ada.storage("deleteFile", "https://example.com/nothing").refusal == (404, "file_not_found")
    assert ada.kept == before


def test_a_private_file_is_for_its_owner_alone(ada: Client) -> None:
    file = ada.bucket("upload", "diary.txt", "secret", {"isPublic": False}).data
    assert file["isPublic"] is False
    assert fetched(file).status_code == 403
    assert fetched(file).json()["errors"][0]["code"] == "not_public"
    assert base64.b64decode(ada.file(file["_id"], "download").data["base64"]) == b"secret"

    assert ada.file(file["_id"], "makePublic").data["isPublic"] is True
    assert fetched(file).text == "secret"
    private = ada.file(file["_id"], "makePrivate").data
    assert (private["isPublic"], private["publicPath"]) == (False, file["publicPath"])
    assert fetched(file).status_code == 403


def test_a_download_is_a_blob_of_the_files_type(ada: Client) -> None:
    file = ada.bucket("upload", "photo.png", bytes_as("Buffer", bytes(range(256))), {"contentType": "image/png"}).data
    downloaded = ada.file(file["_id"], "download").data
    assert downloaded["type"] == "image/png"
    assert base64.b64decode(downloaded["base64"]) == bytes(range(256))


def test_a_file_gets_another_name(ada: Client) -> None:
    file, other = (ada.bucket("upload", name, "text").data for name in ("old.txt", "other.txt"))
    renamed = ada.file(file["_id"], "rename", "renamed.txt").data
    assert renamed["fileName"].startswith("renamed")
    assert (renamed["_id"], renamed["publicPath"]) == (file["_id"], file["publicPath"])
    assert ada.file(renamed["fileName"], "rename", renamed["fileName"]).data["fileName"] == renamed["fileName"]
    assert ada.file(renamed["_id"], "rename", other["fileName"]).data["fileName"] != other["fileName"]
    for wrong in ("", "two\nlines", None, 7):
        assert ada.file(file["_id"], "rename", wrong).refusal == (400, "validation_error")


def test_a_file_is_deleted_by_name_or_by_address(ada: Client) -> None:
    by_name, by_address = (ada.bucket("upload", name, "text").data for name in ("a.txt", "b.txt"))
    assert ada.file(by_name["fileName"], "delete").errors is None
    assert ada.storage("deleteFile", by_address["publicPath"]).errors is None
    for file in (by_name, by_address):
        assert fetched(file).status_code == 404
        assert ada.file(file["_id"], "exists").data is False
    assert ada.storage("deleteFile", by_address["publicPath"]).refusal == (404, "file_not_found")
    assert ada.storage("deleteFile").refusal == (400, "validation_error")


def test_somebody_elses_file_is_like_one_that_is_not_there(ada: Client, unconfirming: Served) -> None:
    file = ada.bucket("upload", "mine.txt", "text").data
    other, _ = unconfirming.someone()
    assert other.file(file["_id"], "exists").data is False
    for method, *given in ALL_OF_A_FILE:
        assert other.file(file["_id"], method, *given).refusal == (404, "file_not_found"), method
    assert other.storage("deleteFile", file["publicPath"]).refusal == (404, "file_not_found")
    assert other.bucket("listFiles").data == []
    assert ada.file(file["_id"], "getInfo").data == file


def test_without_a_session_there_are_no_files(unconfirming: Served) -> None:
    stranger = unconfirming.client()
    for answer in (
        stranger.bucket("upload", "a.txt", "text"),
        stranger.bucket("upload", "a.txt", bytes_as("Blob", b"text")),
        stranger.bucket("listFiles"),
        stranger.file("a.txt", "getInfo"),
        stranger.file("a.txt", "download"),
        stranger.storage("deleteFile", "https://example.com/a"),
    ):
        assert answer.refusal == (401, "missing_session_token")


# Listing


def test_ones_own_files_are_listed_in_any_order(ada: Client) -> None:
    files = [ada.bucket("upload", name, "x" * size).data for name, size in (("q", 1), ("p", 3), ("r", 2))]
    listed = names(files)
    assert ada.bucket("listFiles").data == files
    assert names(ada.bucket("listFiles", {"sort": {"field": "fileName", "direction": "asc"}}).data) == sorted(listed)
    by_size = ada.bucket("listFiles", None, {"sort": {"field": "size", "direction": "desc"}}).data
    assert [file["size"] for file in by_size] == [3, 2, 1]

    part = ada.bucket("listFiles", {"page": 2, "limit": 2, "returnCountInfo": True}).data
    assert names(part["result"]) == listed[2:]
    assert part["countInfo"]["currentPage"] == 2
    assert ada.bucket("listFiles", {"page": 9, "limit": 2}).data == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"limit": 5000},
        {"limit": "2"},
        {"page": -1},
        {"page": 1.5},
        {"sort": "size"},
        {"sort": {"field": "content", "direction": "asc"}},
        {"sort": {"field": "size", "direction": "sideways"}},
        {"sort": {"field": ["size"], "direction": ["asc"]}},
    ],
)
def test_a_list_that_cannot_be_made_is_refused(ada: Client, options: object) -> None:
    assert ada.bucket("listFiles", options).refusal == (400, "validation_error")


def test_ones_own_files_are_found_by_owner_tag_and_visibility(ada: Client, unconfirming: Served) -> None:
    beach, map_ = (
        ada.bucket("upload", name, "text", {"tags": tags, "isPublic": is_public}).data
        for name, tags, is_public in (("beach.txt", ["holiday", "sea"], True), ("map.txt", ["Holiday"], False))
    )
    me, (other, _) = beach["userId"], unconfirming.someone()
    for expression, found in {
        f"userId == '{me}' ": [beach, map_],
        f"this.userId == '{me}' && IN(this.tags, 'holiday')": [beach],
        f'IN(tags, "Holiday") && userId == "{me}"': [map_],
        "IN(tags, 'sea') && isPublic == true": [beach],
        "isPublic == false": [map_],
        "IN(tags, 'holi')": [],
        "IN(tags, 'sea\"')": [],
        f"userId == '{id_of(other)}'": [],
    }.items():
        assert ada.bucket("listFiles", expression).data == found, expression
        assert ada.storage("searchFiles", expression).data == found, expression
    assert other.bucket("listFiles", f"userId == '{me}'").data == []


def test_a_counted_list_has_the_names_that_applications_read(ada: Client) -> None:
    files = [ada.bucket("upload", f"{number}.txt", "text", {"tags": ["a"]}).data for number in range(3)]
    options = {"returnCountInfo": True, "limit": 2, "page": 1, "sort": {"field": "uploadedAt", "direction": "desc"}}
    page = ada.bucket("listFiles", "IN(tags, 'a')", options).data
    assert (page["data"], page["result"]) == (files[:0:-1], files[:0:-1])
    assert page["info"] == page["countInfo"] == {"count": 3, "totalPages": 2, "currentPage": 1, "pageSize": 2}


@pytest.mark.one_database
def test_what_cannot_be_about_ones_own_files_is_refused(ada: Client) -> None:
    for expression in (
        *("size > 1000", "userId != 'x'", "userId == 'a' || userId == 'b'", "userId == 7", "isPublic == 'true'"),
        *("isPublic == true && isPublic == false", "userId == 'a' && userId == 'b'", "tags == 'a'", "IN(userId, 'a')"),
        *("IN(tags, 7)", "INCLUDES(LOWERCASE(fileName), 'file')", "x" * 1025),
    ):
        assert ada.bucket("listFiles", expression).refusal == (400, "validation_error"), expression
        assert ada.storage("searchFiles", expression).refusal == (400, "validation_error"), expression


# What is said of a file


def test_tags_come_and_go_each_of_them_once(ada: Client) -> None:
    file = ada.bucket("upload", "a.txt", "text", {"tags": ["a"]}).data
    assert ada.file(file["fileName"], "addTags", "b").data["tags"] == ["a", "b"]
    tagged = ada.file(file["_id"], "addTags", ["b", 'c"', "ä"]).data
    assert tagged == {**file, "tags": ["a", "b", 'c"', "ä"], "updatedAt": tagged["updatedAt"]}
    assert ada.bucket("listFiles", "IN(tags, 'ä')").data == [tagged]
    assert ada.file(file["_id"], "removeTags", ["a", "never there"]).data["tags"] == ["b", 'c"', "ä"]
    assert ada.file(file["_id"], "removeTags", "b").data["tags"] == ['c"', "ä"]
    wrong_tags: list[Any] = [[str(number) for number in range(19)], 7, [7], [""], "x" * 61, "two\nlines"]
    for wrong in wrong_tags:
        assert ada.file(file["_id"], "addTags", wrong).refusal == (400, "validation_error")


def test_all_that_is_said_of_a_file_is_set_at_once(ada: Client) -> None:
    file = ada.bucket("upload", "a.txt", "text", {"tags": ["a"]}).data
    changed = ada.file(file["_id"], "updateInfo", "described.txt", False, ["b", "b", "c"]).data
    assert (changed["fileName"], changed["isPublic"], changed["tags"]) == ("described.txt", False, ["b", "c"])
    assert fetched(file).status_code == 403
    assert ada.file("described.txt", "updateInfo", None, True, "d").data["tags"] == ["d"]
    assert fetched(file).text == "text"
    wrong_infos: list[tuple[Any, ...]] = [("", True, []), ("c.txt", "yes", []), ("c.txt", True, 7)]
    for wrong in wrong_infos:
        assert ada.file("described.txt", "updateInfo", *wrong).refusal == (400, "validation_error")
    assert ada.file("described.txt", "delete").errors is None
