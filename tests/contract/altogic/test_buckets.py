"""Altogic's client: buckets by name, each person's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.altogic.conftest import STORAGE_QUOTA, Served, fetched
from tests.contract.altogic.official import Client, Given, bytes_as
from tests.contract.altogic.test_files import names

pytestmark = pytest.mark.both_databases

MAKING = {"createBucket": True}
WRONG_NAMES = [
    *("root", "", ".", "..", "../root", "a/b", "a b", "ä", "a\0b", "a\n", "%2e%2e", "n" * 101),
    "0123456789abcdef01234567",
]


def test_a_bucket_that_is_missing_is_no_error_until_something_is_done_with_it(ada: Client) -> None:
    assert ada.bucket("exists", bucket="photos").data is False
    for answer in (
        ada.bucket("upload", "a.txt", "text", bucket="photos"),
        ada.bucket("upload", "a.txt", bytes_as("Blob", b"x"), bucket="photos"),
        *(ada.bucket(method, bucket="photos") for method in ("listFiles", "getInfo", "empty", "delete")),
        *(ada.bucket(method, bucket="photos") for method in ("makePublic", "makePrivate")),
        ada.bucket("rename", "other", bucket="photos"),
        *(ada.bucket(method, "x", bucket="photos") for method in ("addTags", "removeTags")),
        ada.bucket("updateInfo", "other", True, [], bucket="photos"),
        ada.bucket("deleteFiles", ["a.txt"], bucket="photos"),
        *(ada.file("a.txt", method, bucket="photos") for method in ("getInfo", "exists", "delete")),
    ):
        assert answer.refusal == (404, "bucket_not_found")
    assert ada.bucket("exists", bucket="photos").data is False


def test_an_upload_can_make_the_bucket(ada: Client) -> None:
    for name, body in (("a.txt", "text"), ("b.txt", bytes_as("Blob", b"text"))):
        file = ada.bucket("upload", name, body, MAKING, bucket="my_photos-1.0").data
        assert (file["isPublic"], fetched(file).content) == (True, b"text")
    info = ada.bucket("getInfo", True, bucket="my_photos-1.0").data
    assert (info["name"], info["isPublic"], info["tags"], info["userId"]) == ("my_photos-1.0", True, [], file["userId"])
    assert (info["_id"], info["objectsCount"], info["totalStorageSize"]) == (file["bucketId"], 2, 8)
    assert ada.bucket("exists", bucket="my_photos-1.0").data is True
    assert ada.bucket("exists", bucket=info["_id"]).data is True
    again = ada.bucket("upload", "c.txt", "text", MAKING, bucket=info["_id"]).data
    assert again["bucketId"] == info["_id"]


def test_a_bucket_that_was_made_takes_files_as_it_says(ada: Client) -> None:
    made = ada.storage("createBucket", "papers", False, ["work"]).data
    assert (made["name"], made["isPublic"], made["tags"]) == ("papers", False, ["work"])
    assert {"_id", "userId", "createdAt", "updatedAt"} <= set(made)
    assert ada.bucket("getInfo", bucket="papers").data == made
    assert ada.storage("createBucket", "papers").refusal == (400, "validation_error")
    assert ada.storage("createBucket", "open").data["isPublic"] is True

    private = ada.bucket("upload", "p.txt", "private words", bucket="papers").data
    assert (private["isPublic"], private["bucketId"]) == (False, made["_id"])
    assert fetched(private).status_code == 403
    assert "private words" not in fetched(private).text
    public = ada.bucket("upload", "q.txt", "open words", {"isPublic": True}, bucket="papers").data
    assert fetched(public).text == "open words"


def test_files_are_found_in_their_own_bucket_alone(ada: Client) -> None:
    here = ada.bucket("upload", "here.txt", "text", MAKING, bucket="here").data
    there = ada.bucket("upload", "there.txt", "text").data
    assert names(ada.bucket("listFiles", bucket="here").data) == names([here])
    assert names(ada.bucket("listFiles").data) == names([there])
    counted = ada.bucket("listFiles", {"returnCountInfo": True}, bucket="here").data
    assert counted["countInfo"]["count"] == 1
    for which in (here["_id"], here["fileName"]):
        assert ada.file(which, "exists", bucket="here").data is True
        assert ada.file(which, "exists").data is False
        assert ada.file(which, "delete").refusal == (404, "file_not_found")
    assert fetched({"publicPath": here["publicPath"].replace(here["bucketId"], there["bucketId"])}).status_code == 404
    assert ada.file(here["_id"], "makePrivate", bucket="here").data["isPublic"] is False
    assert ada.storage("deleteFile", here["publicPath"]).errors is None
    assert ada.bucket("listFiles", bucket="here").data == []


def test_a_bucket_is_closed_and_opened_with_what_is_in_it(ada: Client) -> None:
    file = ada.bucket("upload", "f.txt", "text", MAKING, bucket="b").data
    other = ada.bucket("upload", "root.txt", "text").data
    assert ada.bucket("makePrivate", bucket="b").data["isPublic"] is False
    assert fetched(file).status_code == 200  # only what comes is private
    assert fetched(ada.bucket("upload", "g.txt", "text", bucket="b").data).status_code == 403
    assert ada.bucket("makePrivate", True, bucket="b").data["isPublic"] is False
    assert fetched(file).status_code == 403
    assert fetched(other).status_code == 200
    for _already in range(2):
        assert ada.bucket("makePublic", True, bucket="b").data["isPublic"] is True
    assert fetched(file).status_code == 200


def test_files_are_deleted_several_at_once(ada: Client) -> None:
    files = [ada.bucket("upload", f"{number}.txt", "text", MAKING, bucket="many").data for number in range(4)]
    outside = ada.bucket("upload", "outside.txt", "text").data
    given = [files[0]["fileName"], files[1]["_id"], "no-such-file", outside["_id"]]
    assert ada.bucket("deleteFiles", given, bucket="many").errors is None
    assert names(ada.bucket("listFiles", bucket="many").data) == names(files[2:])
    assert [fetched(file).status_code for file in (*files[:2], outside)] == [404, 404, 200]
    assert ada.bucket("deleteFiles", [outside["fileName"]]).errors is None
    for wrong in (None, "0.txt", [7], [""], ["x"] * 1001):
        assert ada.bucket("deleteFiles", wrong, bucket="many").refusal == (400, "validation_error")
    assert ada.bucket("empty", bucket="many").errors is None
    assert ada.bucket("listFiles", bucket="many").data == []
    assert ada.bucket("exists", bucket="many").data is True


def test_a_bucket_is_renamed_and_deleted_with_its_files(ada: Client) -> None:
    file = ada.bucket("upload", "f.txt", "text", MAKING, bucket="old").data
    ada.storage("createBucket", "taken")
    assert ada.bucket("rename", "new", bucket="old").data["name"] == "new"
    assert ada.bucket("rename", "new", bucket="new").data["name"] == "new"
    assert ada.bucket("rename", "taken", bucket="new").refusal == (400, "validation_error")
    assert ada.bucket("exists", bucket="old").data is False
    assert ada.file(file["_id"], "getInfo", bucket="new").data["publicPath"] == file["publicPath"]
    assert ada.bucket("delete", bucket="new").errors is None
    assert fetched(file).status_code == 404
    assert ada.bucket("exists", bucket="new").data is False


def test_the_bucket_root_stays_as_it_is(ada: Client) -> None:
    file = ada.bucket("upload", "f.txt", "text").data
    assert ada.bucket("getInfo").data == {"_id": file["bucketId"], "name": "root", "isPublic": True, "tags": []}
    for name in ("root", file["bucketId"]):
        for method in ("makePrivate", "makePublic", "rename", "empty", "delete"):
            assert ada.bucket(method, True, bucket=name).refusal == (401, "not_allowed")
        assert ada.bucket("addTags", "x", bucket=name).refusal == (401, "not_allowed")
        assert ada.bucket("removeTags", "x", bucket=name).refusal == (401, "not_allowed")
        assert ada.bucket("updateInfo", "x", True, [], bucket=name).refusal == (401, "not_allowed")
    assert fetched(file).status_code == 200


def test_a_bucket_is_tagged_and_described_at_once(ada: Client) -> None:
    made = ada.storage("createBucket", "b", True, ["a"]).data
    file = ada.bucket("upload", "f.txt", "text", bucket="b").data
    assert ada.bucket("addTags", ["a", "b"], bucket="b").data["tags"] == ["a", "b"]
    assert ada.bucket("removeTags", "a", bucket="b").data["tags"] == ["b"]
    changed = ada.bucket("updateInfo", "c", False, "z", bucket="b").data
    assert changed == {**made, "name": "c", "isPublic": False, "tags": ["z"], "updatedAt": changed["updatedAt"]}
    assert fetched(file).status_code == 200
    assert ada.bucket("updateInfo", "c", False, [], True, bucket="c").data["tags"] == []
    assert fetched(file).status_code == 403
    wrong_infos: list[tuple[Any, ...]] = [("root", True, []), ("c", "no", []), ("c", True, [7])]
    for wrong in wrong_infos:
        assert ada.bucket("updateInfo", *wrong, bucket="c").refusal == (400, "validation_error")


def test_ones_own_buckets_are_listed_and_counted(ada: Client, unconfirming: Served) -> None:
    assert ada.storage("listBuckets").data == []
    made = [ada.storage("createBucket", name, name == "p", [name]).data for name in ("q", "p", "r")]
    ada.bucket("upload", "a.txt", "12345", bucket="p")
    ada.bucket("upload", "b.txt", "123")
    assert ada.storage("listBuckets").data == made
    by_name = ada.storage("listBuckets", {"sort": {"field": "name", "direction": "asc"}, "limit": 2}).data
    assert [bucket["name"] for bucket in by_name] == ["p", "q"]
    expression = f"userId == '{made[0]['userId']}' && isPublic == true && IN(tags, 'p')"
    page = ada.storage("listBuckets", expression, {"returnCountInfo": True}).data
    assert (page["data"], page["info"]["count"]) == ([made[1]], 1)
    stats = ada.storage("getStats").data
    assert (stats["bucketsCount"], stats["objectsCount"], stats["totalStorageSize"]) == (3, 2, 8)
    assert ada.storage("searchFiles", "isPublic == false").data == []
    assert len(ada.storage("searchFiles", "isPublic == true").data) == 2
    for unknown in ("name == 'p' || true", {"sort": {"field": "size", "direction": "asc"}}):
        assert ada.storage("listBuckets", unknown).refusal == (400, "validation_error")

    grace, _ = unconfirming.someone()
    assert grace.storage("listBuckets", f"userId == '{made[0]['userId']}'").data == []
    assert grace.storage("listBuckets").data == []
    assert grace.storage("getStats").data["bucketsCount"] == 0


def test_a_bucket_may_be_named_by_an_address(ada: Client) -> None:
    name = "ada+photos@example.com"
    assert ada.storage("createBucket", name).data["name"] == name
    file = ada.bucket("upload", "a.txt", "text", {"tags": ["a"]}, bucket=name).data
    assert ada.bucket("listFiles", "IN(tags, 'a')", bucket=name).data == [file]


@pytest.mark.one_database
@pytest.mark.parametrize("name", WRONG_NAMES, ids=repr)
def test_a_name_that_no_bucket_can_have_is_refused(ada: Client, name: str) -> None:
    assert ada.storage("createBucket", name).refusal == (400, "validation_error")
    if name != "root":
        assert ada.bucket("upload", "a.txt", "text", MAKING, bucket=name).refusal == (400, "validation_error")
        assert ada.bucket("exists", bucket=name).value["data"] is not True


def test_two_people_have_a_bucket_of_one_name_each(ada: Client, unconfirming: Served) -> None:
    hers = ada.bucket("upload", "hers.txt", "text", MAKING, bucket="photos").data
    grace, _ = unconfirming.someone()
    for which in ("photos", hers["bucketId"]):
        assert grace.bucket("exists", bucket=which).data is False
        assert grace.bucket("upload", "x.txt", "text", bucket=which).refusal == (404, "bucket_not_found")
    theirs = grace.storage("createBucket", "photos", False).data
    assert theirs["_id"] != hers["bucketId"]
    assert grace.bucket("listFiles", bucket="photos").data == []
    assert grace.bucket("makePrivate", True, bucket="photos").errors is None
    for method in ("empty", "delete"):
        assert grace.bucket(method, bucket="photos").errors is None
    assert ada.bucket("getInfo", bucket="photos").data["isPublic"] is True
    assert fetched(hers).status_code == 200


def test_without_a_session_there_are_no_buckets(unconfirming: Served) -> None:
    stranger = unconfirming.client()
    for answer in (
        stranger.storage("createBucket", "photos"),
        stranger.storage("listBuckets"),
        stranger.storage("searchFiles", "isPublic == true"),
        stranger.storage("getStats"),
        stranger.bucket("exists", bucket="photos"),
        stranger.bucket("getInfo"),
        stranger.bucket("deleteFiles", ["a.txt"]),
        stranger.bucket("delete", bucket="photos"),
    ):
        assert answer.refusal == (401, "missing_session_token")


def test_buckets_take_room_as_files_do(ada: Client) -> None:
    for number in range(3):  # nearly all of it
        assert ada.bucket("upload", f"{number}.bin", bytes_as("Buffer", bytes(STORAGE_QUOTA // 3 - 5 * 1024))).data
    refused: Given | None = None
    for number in range(15 + 1):
        answer = ada.storage("createBucket", f"b{number}")
        if answer.errors:
            refused = answer.errors
            break
    assert refused is not None
    assert refused["items"][0]["code"] == "request_body_size_too_large"
    assert ada.bucket("upload", "a.txt", "").refusal == (413, "request_body_size_too_large")
    assert ada.bucket("delete", bucket="b0").errors is None
    assert ada.bucket("upload", "a.txt", "").errors is None
