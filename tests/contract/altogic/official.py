"""Altogic's official client, run by Node and told what to do from here."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

import pytest

from tests.kit.serving import ROOT

RUNNER = Path(__file__).with_name("runner.cjs")
PACKAGE = ROOT / "node_modules" / "altogic"

Given = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What a call returned, and what the client keeps locally since. `header` is the session token it sends."""

    value: Any
    session: Given | None
    user: Given | None
    header: str | None

    @property
    def data(self) -> Any:
        assert self.value["errors"] is None, self.value["errors"]
        return self.value["data"]

    @property
    def errors(self) -> Any:
        return self.value["errors"]

    @property
    def status(self) -> int:
        """Of a refusal."""
        assert self.errors is not None, f"not refused: {self.value}"
        assert {name: value for name, value in self.value.items() if name != "errors" and value is not None} == {}
        return int(self.errors["status"])

    @property
    def refusal(self) -> tuple[int, str]:
        items = self.errors["items"] if self.errors else []
        assert len(items) == 1, self.value
        assert items[0]["message"]
        assert items[0]["origin"] == "client_error"
        return self.status, items[0]["code"]

    @property
    def local(self) -> tuple[Given | None, Given | None, str | None]:
        return self.session, self.user, self.header


@dataclass
class Client:
    """One client with its own local storage. No call may throw, or leave its promise unsettled."""

    node: Node
    name: str
    kept: tuple[Given | None, Given | None, str | None] = (None, None, None)

    def calls(self, *steps: tuple[Any, ...]) -> Result:
        """Each step is a property, or a method with what it is given."""
        answer = self.node.asks({"client": self.name, "steps": steps})
        assert answer["outcome"] == "returned", f"{steps}: {answer}"
        assert answer["unhandled"] == []
        result = Result(answer["value"], answer["session"], answer["user"], answer["header"])
        self.kept = result.local
        return result

    def throws(self, *steps: tuple[Any, ...]) -> str:
        answer = self.node.asks({"client": self.name, "steps": steps})
        assert answer["outcome"] == "threw", f"{steps}: {answer}"
        return str(answer["value"])

    def auth(self, method: str, *given: Any) -> Result:
        return self.calls(("auth",), (method, *given))

    def succeeds(self, method: str, *given: Any) -> Result:
        result = self.auth(method, *given)
        assert result.errors is None, result.errors
        return result

    def record(self, user_id: str | None, method: str, *given: Any) -> Result:
        which = ("object", user_id) if user_id else ("object",)
        return self.calls(("db",), ("model", "users"), which, (method, *given))

    def storage(self, method: str, *given: Any) -> Result:
        return self.calls(("storage",), (method, *given))

    def bucket(self, method: str, *given: Any, bucket: str = "root") -> Result:
        return self.calls(("storage",), ("bucket", bucket), (method, *given))

    def file(self, name: str, method: str, *given: Any, bucket: str = "root") -> Result:
        return self.calls(("storage",), ("bucket", bucket), ("file", name), (method, *given))


@dataclass
class Node:
    """A process of Node's that holds clients."""

    process: subprocess.Popen[str]
    numbers: Iterator[int] = field(default_factory=count)

    def client(
        self,
        url: str,
        key: str,
        *,
        stored: Mapping[str, Any] | None = None,
        storage: bool = True,
        options: Mapping[str, Any] | None = None,
    ) -> Client:
        client = Client(self, f"client {next(self.numbers)}")
        kept = dict(stored or {}) if storage else None
        answer = self.asks({"client": client.name, "create": [url, key, options or {}], "stored": kept})
        assert answer["outcome"] == "returned", answer
        client.kept = answer["session"], answer["user"], answer["header"]
        return client

    def asks(self, order: Mapping[str, Any]) -> Given:
        to, answers = self.process.stdin, self.process.stdout
        assert to is not None
        assert answers is not None
        to.write(json.dumps(order) + "\n")
        to.flush()
        line = answers.readline()
        assert line, f"Node ended with {self.process.wait()}"
        answer: Given = json.loads(line)
        return answer


@contextmanager
def node(*, stock: bool = False) -> Iterator[Node]:
    """`stock`: the package as Node gets it, without a fetch that can send Blobs and forms."""
    check_fetched()
    environment = {"PATH": os.environ.get("PATH", ""), "NODE_PATH": "", **({"STOCK": "1"} if stock else {})}
    command = ["node", str(RUNNER)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        try:
            yield Node(process)
        finally:
            _close(process.stdin)
            process.terminate()


def check_fetched() -> None:
    assert PACKAGE.is_dir(), "Altogic's client is not here: `make test` fetches it, or `npm ci`"
    if shutil.which("node") is None:
        pytest.fail("Node is not here")


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        pipe.close()


def bytes_as(kind: str, content: bytes, type: str = "", name: str = "file.bin") -> Given:  # noqa: A002 (as in JavaScript)
    """A Buffer, Uint8Array, ArrayBuffer, Blob, File or FormData of Node's."""
    return {"$": kind, "base64": base64.b64encode(content).decode(), "type": type, "name": name}


UNDEFINED: Given = {"$": "undefined"}
RESPONSE: Given = {"$": "Response"}
