"""Files: uploaded by a person, seen by everybody, deleted by that person alone."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from backend.store import PIECE
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.uploads import FORM, PART, PNG, UPLOAD, WEBP, uploads

pytestmark = pytest.mark.both_databases


async def fetches(backend: Backend, upload: Answer, method: str = "GET", **headers: str) -> httpx.Response:
    """As any browser would: without key and session."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await backend.http.request(method, upload.body["publicPath"], headers=given)


# --- uploading and showing


async def test_an_uploaded_photo_is_served_exactly(unconfirming: Backend) -> None:
    signed_up = await unconfirming.signs_up()
    upload = await uploads(unconfirming, signed_up.token, kind="image/webp; charset=utf-8", tags=["avatar"])
    file = upload.body
    assert upload.status == 200
    assert (file["fileName"], file["size"], file["mimeType"]) == ("user_1", len(WEBP), "image/webp")
    assert (file["isPublic"], file["encoding"], file["tags"]) == (True, "7bit", ["avatar"])
    assert file["userId"] == signed_up.body["user"]["_id"]
    assert file["uploadedAt"].startswith("2026-03-14T09:26:53")
    _, storage, environment, bucket, file_id = urlsplit(file["publicPath"]).path.split("/")
    assert (storage, environment, bucket, file_id) == ("_storage", file["bucketId"], file["bucketId"], file["_id"])

    shown = await fetches(unconfirming, upload)
    assert (shown.status_code, shown.content) == (200, WEBP)
    assert shown.headers["content-type"] == "image/webp"
    assert "content-disposition" not in shown.headers


async def test_a_file_is_kept_for_ever_and_cannot_do_anything(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    headers = (await fetches(unconfirming, upload)).headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    head = await fetches(unconfirming, upload, "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(WEBP)))


async def test_a_known_file_is_not_sent_again(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    tag = (await fetches(unconfirming, upload)).headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await fetches(unconfirming, upload, If_None_Match=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "immutable" in again.headers["cache-control"]
    assert (await fetches(unconfirming, upload, If_None_Match='"other"')).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        *(("bytes=0-9", WEBP[:10]), ("bytes=10-", WEBP[10:]), ("bytes=-7", WEBP[-7:])),
        *(
            ("bytes=5-5", WEBP[5:6]),
            ("BYTES=0-3", WEBP[:4]),
            ("bytes=1000-999999", WEBP[1000:]),
            ("bytes=-999999", WEBP),
        ),
    ],
)
async def test_a_part_of_a_file_is_sent(unconfirming: Backend, wanted: str, expected: bytes) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    part = await fetches(unconfirming, upload, Range=wanted)
    assert (part.status_code, part.content) == (206, expected)
    first = WEBP.index(expected) if len(expected) > 1 else 5
    assert part.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(WEBP)}"


async def test_a_part_that_is_not_there_is_refused_and_a_strange_wish_is_ignored(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    for wanted in ("bytes=9999-", "bytes=-0"):
        refused = await fetches(unconfirming, upload, Range=wanted)
        assert refused.status_code == 416
        assert refused.headers["content-range"] == f"bytes */{len(WEBP)}"
        assert refused.headers["cache-control"] == "no-store"
        assert refused.json()["errors"][0]["code"] == "range_not_satisfiable"
    for wanted in ("bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=9-5", ""):
        assert (await fetches(unconfirming, upload, Range=wanted)).content == WEBP


async def test_a_part_of_another_version_is_not_wanted(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    whole = await fetches(unconfirming, upload, **{"Range": "bytes=0-3", "If-Range": '"another"'})
    assert (whole.status_code, whole.content) == (200, WEBP)
    part = await fetches(unconfirming, upload, **{"Range": "bytes=0-3", "If-Range": whole.headers["etag"]})
    assert part.status_code == 206
    head = await fetches(unconfirming, upload, "HEAD", Range="bytes=0-3")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(WEBP)))


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "text/javascript", "nonsense", ""])
async def test_what_could_act_in_a_browser_is_only_saved(unconfirming: Backend, kind: str) -> None:
    session = (await unconfirming.signs_up()).token
    upload = await uploads(unconfirming, session, b"<script>alert(1)</script>", kind, 'pa"ge ü.html')
    shown = await fetches(unconfirming, upload)
    assert shown.content == b"<script>alert(1)</script>"
    assert shown.headers["content-disposition"] == "attachment; filename*=utf-8''pa%22ge%20%C3%BC.html"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "/" in shown.headers["content-type"]


async def test_a_photo_is_saved_where_that_is_asked_for(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token)
    saved = await unconfirming.http.get(upload.body["publicPath"] + "?attachment=true")
    assert saved.headers["content-disposition"] == "attachment; filename*=utf-8''user_1"


async def test_a_name_that_is_taken_becomes_another(unconfirming: Backend) -> None:
    adas, bobs = (await unconfirming.signs_up()).token, (await unconfirming.signs_up("bob@example.com")).token
    files = [await uploads(unconfirming, session, name="me.webp") for session in (adas, adas, bobs)]
    names = [file.body["fileName"] for file in files]
    assert names[0] == "me.webp"
    assert len(set(names)) == 3
    assert all(name.startswith("me_") and name.endswith(".webp") for name in names[1:])
    assert len({file.body["publicPath"] for file in files}) == 3


async def test_the_name_of_the_part_counts_where_no_other_is_given(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    upload = await unconfirming.post(UPLOAD, params={"bucket": "root"}, files={"any": PNG}, session=session)
    assert (upload.body["fileName"], upload.body["mimeType"]) == ("photo.png", "image/png")


# --- looking, deleting


async def test_a_person_looks_at_and_deletes_a_file_by_name_or_id(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    upload = await uploads(unconfirming, session)
    bucket = upload.body["bucketId"]
    for which, where in ((upload.body["_id"], "root"), ("user_1", bucket)):
        body = {"file": which, "bucket": where}
        assert (await unconfirming.post("/storage/bucket/file/get", body, session=session)).body == upload.body
        assert (await unconfirming.post("/storage/bucket/file/exists", body, session=session)).body is True

    body = {"file": "user_1", "bucket": "root"}
    assert (await unconfirming.post("/storage/bucket/file/delete", body, session=session)).body == {}
    assert (await unconfirming.post("/storage/bucket/file/exists", body, session=session)).body is False
    again = await unconfirming.post("/storage/bucket/file/delete", body, session=session)
    assert (again.status, again.code) == (404, "file_not_found")
    gone = await fetches(unconfirming, upload)
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (404, "file_not_found")


async def test_a_file_is_deleted_by_its_address(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    first, second = await uploads(unconfirming, session), await uploads(unconfirming, session)
    elsewhere = "http://localhost:9" + urlsplit(second.body["publicPath"]).path
    for url in (first.body["publicPath"], elsewhere):
        assert (await unconfirming.post("/storage/delete-file", {"fileUrl": url}, session=session)).body == {}
    assert {(await fetches(unconfirming, upload)).status_code for upload in (first, second)} == {404}
    for url in (first.body["publicPath"], "https://example.com/x.png", "http://[", "user_1"):
        answer = await unconfirming.post("/storage/delete-file", {"fileUrl": url}, session=session)
        assert (answer.status, answer.code) == (404, "file_not_found")
    assert (await unconfirming.post("/storage/delete-file", {}, session=session)).params == ["fileUrl"]


async def test_nobody_touches_the_file_of_another_person(unconfirming: Backend) -> None:
    adas, bobs = (await unconfirming.signs_up()).token, (await unconfirming.signs_up("bob@example.com")).token
    upload = await uploads(unconfirming, adas)
    for which in ("user_1", upload.body["_id"]):
        body = {"file": which, "bucket": "root"}
        assert (await unconfirming.post("/storage/bucket/file/exists", body, session=bobs)).body is False
        for call in ("get", "delete"):
            answer = await unconfirming.post(f"/storage/bucket/file/{call}", body, session=bobs)
            assert (answer.status, answer.code) == (404, "file_not_found")
    by_address = {"fileUrl": upload.body["publicPath"]}
    assert (await unconfirming.post("/storage/delete-file", by_address, session=bobs)).status == 404
    assert (await fetches(unconfirming, upload)).content == WEBP


async def test_a_private_file_is_not_served(unconfirming: Backend) -> None:
    upload = await uploads(unconfirming, (await unconfirming.signs_up()).token, isPublic=False)
    hidden = await fetches(unconfirming, upload)
    assert (hidden.status_code, hidden.json()["errors"][0]["code"]) == (403, "not_public")
    assert hidden.headers["cache-control"] == "no-store"


async def test_a_file_outlives_a_restart_under_its_address(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        upload = await uploads(backend, (await backend.signs_up()).token)
    async with run_backend(tmp_path) as backend:
        assert (await fetches(backend, upload)).content == WEBP


# --- what is not there


@pytest.mark.one_database
@pytest.mark.parametrize("bucket", ["other", "", None, ["root"], {"a": 1}, 7])
async def test_there_is_one_bucket(unconfirming: Backend, bucket: object) -> None:
    session = (await unconfirming.signs_up()).token
    for call in ("get", "exists", "delete"):
        body = {"file": "user_1", "bucket": bucket}
        answer = await unconfirming.post(f"/storage/bucket/file/{call}", body, session=session)
        assert (answer.status, answer.code) == (404, "bucket_not_found")
    upload = await unconfirming.post(UPLOAD, params={"bucket": str(bucket)}, files={"file": PNG}, session=session)
    assert upload.code == "bucket_not_found"


async def test_the_first_of_several_files_counts_whatever_stands_around_it(unconfirming: Backend) -> None:
    field, second = PART.replace(b'; filename="x"', b""), PART.replace(b"abc", b"def")
    session = (await unconfirming.signs_up()).token
    headers, query = {"Content-Type": FORM}, {"bucket": "root"}
    content = field * 12 + PART + second + b"--b--\r\n"
    answer = await unconfirming.post(UPLOAD, params=query, headers=headers, content=content, session=session)
    assert (await unconfirming.http.get(answer.body["publicPath"])).content == b"abc"


@pytest.mark.parametrize("path", ["/_storage/x/y/z", "/_storage/%00/%00/%00", "/_storage/", "/_storage/a/b/c/d"])
async def test_an_unknown_file_is_told_in_the_envelope(backend: Backend, path: str) -> None:
    answer = await backend.http.get(path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"]


async def test_a_file_of_many_pieces_comes_back_whole_and_in_any_part(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up("ada@example.com")).token
    content = bytes(number % 251 for number in range(2 * PIECE + 5))
    address = (await uploads(unconfirming, session, content)).body["publicPath"]
    whole = await unconfirming.http.get(address)
    assert (whole.content, whole.headers["Content-Length"]) == (content, str(len(content)))
    for first, last in ((0, 0), (PIECE - 1, PIECE), (1, 2 * PIECE + 4), (2 * PIECE, 2 * PIECE + 4)):
        part = await unconfirming.http.get(address, headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, content[first : last + 1])


# --- buckets


async def test_many_uploads_at_once_make_one_bucket(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    query = {"bucket": "photos", "options": json.dumps({"createBucket": True})}
    part = {"file": PNG}
    sent = (
        unconfirming.post(UPLOAD, params={**query, "fileName": f"{number}.png"}, files=part, session=session)
        for number in range(6)
    )
    answers = await asyncio.gather(*sent)
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.body["bucketId"] for answer in answers}) == 1


async def test_a_bucket_goes_with_its_files_and_its_owner_finds_it_no_more(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    made = await unconfirming.post("/storage/create-bucket", {"name": "papers", "isPublic": False}, session=session)
    query = {"bucket": "papers", "fileName": "a.png", "options": "{}"}
    file = await unconfirming.post(UPLOAD, params=query, files={"file": PNG}, session=session)
    assert (file.body["bucketId"], file.body["isPublic"]) == (made.body["_id"], False)
    assert (await fetches(unconfirming, file)).status_code == 403
    await unconfirming.post("/storage/bucket/delete", {"bucket": "papers"}, session=session)
    assert (await fetches(unconfirming, file)).status_code == 404
    found = await unconfirming.post("/storage/bucket/exists", {"bucket": made.body["_id"]}, session=session)
    assert found.body is False
