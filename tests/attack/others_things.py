"""Seeing and touching what is somebody else's: by their ids, in caches, in files, logs and processes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.attack.world import World
from tests.kit.contract import Answer, Contract, headers_of
from tests.kit.people import ADA, GRACE, Person, asks_for_a_link, is_signed_in, logs_in, logs_out
from tests.kit.visitor import Visitor

WITH_ADDRESSES = {"users", "registrations", "links", "mails"}
PASSWORD = "canary words that nobody says"
SET_NAME = {"field": "name", "updateType": "set", "value": "hers"}
ROOT = {"bucket": "root"}
MORE = {"newName": "hers", "duration": 1, "bucketNameOrId": "root", "tags": ["hers"], "isPublic": True}
FILE_ACTS = (
    *("get", "exists", "download", "make-public", "make-private", "rename", "delete", "duplicate", "copy", "move"),
    *("add-tags", "remove-tags", "update"),
)
LIST_BUCKETS = "/storage/list-buckets"
QUERIES = ("get-list", "get-single", "get-random", "update", "update-fields")
HER_RECORD = {"expression": f"email == '{ADA.email}'"}
CHANGE = {"values": {"name": "hers"}, "updates": [SET_NAME], "count": 5}
CLOSED = {"isPublic": False}
ESCAPING = ("../letters", "root/letters", "letters/", "letters\n", "%", "*", "' OR 1=1 --", "..", "LETTERS")
BUCKET_ACTS: dict[str, dict[str, Any]] = {
    **{act: {} for act in ("exists", "list-files", "delete-files", "empty", "delete")},
    **{f"file/{act}": MORE for act in FILE_ACTS},
    "get": {"detailed": True},
    "rename": {"newName": "hers"},
    "update": {"newName": "hers", "isPublic": True, "tags": ["hers"], "includeFiles": True},
    **{act: {"tags": ["hers"]} for act in ("add-tags", "remove-tags")},
    "make-public": {"includeFiles": True},
    "make-private": {"includeFiles": True},
}
CANARY = Person("canary@example.com", "Canary", PASSWORD)


async def sessions_of_others(world: World) -> int:
    """Every path with an id, asked for with the ids of somebody else's sessions."""
    async with world.visitor(ADA) as ada, world.visitor(GRACE) as grace:
        await ada.opens("/profile")
        ids = [element.id.removeprefix("session-") for element in ada.html.all("li[id]")]
        assert ids
        tried = 0
        for id_ in ids:
            for path in (f"/profile/sessions/{id_}", f"/profile/sessions/{id_}/label"):
                for method in ("GET", "POST"):
                    answer = await grace.http.request(
                        method, path, data={"label": "hers"} if method == "POST" else None
                    )
                    assert answer.status_code in (200, 303, 404), answer.text
                    assert ADA.email not in answer.text
                    tried += 1
        assert await is_signed_in(ada)
        assert await is_signed_in(grace)
        return tried


async def histories_of_others(world: World) -> int:
    """The place of every event in somebody else's history, asked for in one's own."""
    async with both(world) as (ada, grace):
        places, tried = [""], 0
        hers = {event["_id"] for event in (await grace.get("/account/events")).body["events"]}
        while places:
            params = {"limit": "1", "after": places.pop()}
            page, seen = (
                await ada.get("/account/events", params=params),
                await grace.get("/account/events", params=params),
            )
            assert {event["_id"] for event in seen.body["events"]} <= hers
            assert not {event["_id"] for event in page.body["events"]} & hers
            places += [page.body["next"]] if page.body["next"] else []
            tried += 1
        assert hers
        return tried


async def records_of_others(world: World) -> int:
    """At the contract: every call that takes an id, a name or a token, with somebody else's."""
    if not world.backend:
        return 0
    async with both(world) as (ada, grace):
        me = (await ada.get("/auth/user")).body
        token = (await ada.get("/auth/sessions")).body[0]["token"]
        file = (await upload(ada, "mine.txt", b"private words")).body
        files = [(act, which) for act in FILE_ACTS for which in (file["_id"], file["fileName"])]
        record = {"model": "users", "id": me["_id"]}
        calls: list[tuple[str, Any]] = [
            ("/db/object/get", record),
            ("/db/object/update", {**record, "values": {"name": "hers"}}),
            ("/db/object/update-fields", {**record, "updates": [SET_NAME]}),
            ("/db/object/delete", record),
            ("/auth/signout", {"token": token}),
            ("/auth/sessions/label", {"token": token, "label": "hers"}),
            *((f"/storage/bucket/file/{act}", {**ROOT, "file": which, **MORE}) for act, which in files),
            ("/storage/delete-file", {"fileUrl": file["publicPath"]}),
            *((path, {"expression": f"userId == '{me['_id']}'"}) for path in ("/storage/search-files", LIST_BUCKETS)),
            *((f"/db/{act}", {"model": "users", "query": HER_RECORD, **CHANGE}) for act in QUERIES),
        ]
        for path, body in calls:
            answer = await grace.post(path, body)
            assert answer.status < 500, f"{path}: {answer.text}"
            assert "private words" not in answer.text, path
            assert ADA.email not in answer.text, path
        after = (await ada.get("/auth/user")).body
        assert (after["name"], len((await ada.get("/auth/sessions")).body)) == (me["name"], 1)
        kept = await ada.post("/storage/bucket/file/get", {**ROOT, "file": file["_id"]})
        assert kept.body.get("fileName") == file["fileName"], kept.text
        return len(calls)


async def buckets_of_others(world: World) -> int:
    """By names that escape, by the ids of somebody else's buckets, and for what is private only by its bucket."""
    if not world.backend:
        return 0
    async with both(world) as (ada, grace):
        made = (await ada.post("/storage/create-bucket", {"name": "letters", "isPublic": False})).body
        file = (await upload(ada, "letter.txt", b"private words", "letters", {})).body
        assert (file["isPublic"], file["bucketId"]) == (False, made["_id"])
        tried = 0
        for which in (made["_id"], *ESCAPING, "letters"):
            for act, more in BUCKET_ACTS.items():
                given = {
                    "bucket": which,
                    "file": file["_id"],
                    "fileNamesOrIds": [file["_id"], file["fileName"]],
                    **more,
                }
                answer = await grace.post(f"/storage/bucket/{act}", given)
                assert answer.status in (200, 400, 401, 404), f"{act} {which!r}: {answer.text}"
                assert file["_id"] not in answer.text, f"{act} {which!r}: {answer.text}"
                tried += 1
            theirs = await upload(grace, "letter.txt", b"hers", which, {"createBucket": True})
            assert theirs.status in (200, 400), theirs.text
            assert theirs.body.get("bucketId") != made["_id"], which
        environment = httpx.URL(file["publicPath"]).path.split("/")[2]
        for bucket in (made["_id"], environment, "root", "letters", "..%2f" + environment):
            shown = await grace.http.get(
                f"/_storage/{environment}/{bucket}/{file['_id']}", headers=headers_of(grace.session)
            )
            assert shown.status_code in (403, 404), f"{bucket}: {shown.text}"
            assert "private words" not in shown.text
            tried += 1
        after = (await ada.post("/storage/bucket/get", {"bucket": "letters", "detailed": True})).body
        assert (after["_id"], after["isPublic"], after["objectsCount"]) == (made["_id"], False, 1)
        return tried


FOR_ONE = (
    *("/profile", "/profile/name", "/profile/avatar", "/profile/language", "/profile/time-zone", "/profile/sessions"),
    *("/profile/sessions/others", "/accessibility", "/logout", "/auth-redirect"),
)
FOR_ALL = ("/static/", "/apple-touch-icon.png")


async def a_cache_between(world: World) -> int:
    """A shared cache keeps what it may: nothing that was answered to somebody who is signed in, or about a link."""
    async with world.visitor(ADA) as visitor:
        for path in FOR_ONE:
            for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                answer = await visitor.http.get(path, headers=headers)
                assert answer.headers.get("cache-control") == "no-store", f"{path}: {answer.headers}"
        tried = 2 * len(FOR_ONE)
        for path in ("/profile/name", "/profile/avatar", "/language", "/logout"):
            answer = await visitor.http.post(path, data={"name": "Ada"})
            assert answer.headers.get("cache-control") == "no-store", f"{path}: {answer.headers}"
            tried += 1
        link = await world.login_link(visitor, ADA)
        landing = await visitor.http.get(link)
        assert landing.headers.get("cache-control") == "no-store", landing.headers
        page = await visitor.http.get("/login")
        for path in re.findall(r'(?:href|src)="(/[^"#?]+)', page.text):
            kept = await visitor.http.get(path)
            is_shared = "no-store" not in kept.headers["cache-control"]
            assert not is_shared or ("set-cookie" not in kept.headers and path.startswith(FOR_ALL)), path
            tried += 1
        return tried + 1


async def secrets_in_what_is_kept(world: World) -> int:
    """A password, a session token and a link's key are used, and then looked for wherever the programs write."""
    async with world.visitor(CANARY) as visitor:
        cookie = visitor.http.cookies["session"]
        await logs_out(visitor)
        link = await world.login_link(visitor, CANARY)
        pages = [await page_of(visitor, path) for path in ("/profile", "/login", "/no-such-page", "/auth-redirect")]
        await visitor.opens(link)
        pages += [str(visitor.url), str(visitor.response.content)]
        await visitor.submits(f"Log in as {CANARY.email}")
        pages += [str(visitor.url), await page_of(visitor, "/profile")]
        secrets = [PASSWORD, cookie.rpartition(".")[0], visitor.http.cookies["session"].rpartition(".")[0]]
        secrets.append(httpx.URL(link).params["key"])
        written = [*world.read_files(), *processes(world)] + [page.encode() for page in pages]
        assert written
        for secret in secrets:
            for form in (secret.encode(), secret.encode().hex().encode(), base64.b64encode(secret.encode())):
                assert not [place[:80] for place in written if form in place], f"{secret[:6]}… stands somewhere"
        return len(secrets) * len(written)


async def addresses_in_logs(world: World) -> int:
    """An address stands where accounts and mails are kept, and neither in logs nor beside what is only counted."""
    async with world.visitor(CANARY) as visitor:
        await logs_out(visitor)
        await logs_in(visitor, Person(CANARY.email, "", "not it at all"))
        await asks_for_a_link(visitor, CANARY)
        logs = [path.read_text() for path in world.folder.glob("*.log")]
        lines = [line for log in logs for line in log.splitlines() if line.startswith("{")]
        assert not [line for line in lines if CANARY.email in line]
        assert all(isinstance(json.loads(line), dict) for line in lines)
        tables = world.tables()
        holding = {name for name, rows in tables.items() if CANARY.email.encode() in rows}
        assert {"users", "mails"} <= holding <= WITH_ADDRESSES, holding
        return len(lines) + len(tables)


@asynccontextmanager
async def both(world: World) -> AsyncIterator[tuple[Contract, Contract]]:
    sessions = []
    for person in (ADA, GRACE):
        async with world.visitor(person), world.client() as client:
            await client.signs_in(person.email, person.password)
            sessions.append((await client.signs_in(person.email, person.password)).token)
            await client.post("/auth/signout-all-except", {}, session=sessions[-1])
    async with world.client(sessions[0]) as ada, world.client(sessions[1]) as grace:
        yield ada, grace


async def upload(client: Contract, name: str, content: bytes, bucket: str = "root", options: Any = CLOSED) -> Answer:
    query = {"bucket": bucket, "fileName": name, "options": json.dumps(options)}
    sent = {"file": (name, content, "text/plain")}
    return await client.post("/storage/bucket/upload-formdata", params=query, files=sent)


async def page_of(visitor: Visitor, path: str) -> str:
    return (await visitor.http.get(path)).text


def processes(world: World) -> Iterator[bytes]:
    """What anybody on the machine can see of them and of what they start: arguments and names."""
    for program in filter(None, (world.site, world.backend)):
        for task in Path(f"/proc/{program.pid}/task").iterdir():
            yield (task / "comm").read_bytes()
        yield Path(f"/proc/{program.pid}/cmdline").read_bytes()
