"""A service that sends SMS, on loopback: it answers as Twilio, MessageBird, Vonage or somebody's webhook does."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

KINDS = ("twilio", "messagebird", "vonage", "webhook")
USERS = {"twilio": "AC1:hunter2", "messagebird": "hunter2", "vonage": "key1:hunter2"}
SENDER = "+15005550006"
Reply = tuple[int, Any]


@dataclass(frozen=True)
class Sms:
    """What the service was asked to send."""

    to: str
    text: str


@dataclass
class SmsService:
    """Numbers in `barred` are refused; the next `throttled` requests come too fast; an answer takes `delay` seconds,
    and is none where it `falls_silent`; while it is `locked` the account is refused; `padding` makes answers long."""

    kind: str
    port: int = 0  # 0: any that is free
    sent: list[Sms] = field(default_factory=list)
    asked: int = 0
    barred: set[str] = field(default_factory=set)
    throttled: int = 0
    delay: float = 0
    falls_silent: bool = False
    locked: bool = False
    padding: int = 0

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _make_handler(self))
        self.port = self._server.server_port
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environ(self) -> dict[str, str]:
        """The settings of a backend that sends by this service."""
        place = f"127.0.0.1:{self.port}"
        url = (
            f"http://{place}/send?token=hunter2"
            if self.kind == "webhook"
            else f"{self.kind}://{USERS[self.kind]}@{place}"
        )
        return {"PHONE_SIGN_UP": "on", "SMS_URL": url, "SMS_FROM": SENDER}

    def code(self, to: str) -> str:
        """The code of the newest SMS to a number."""
        return next(sms.text for sms in reversed(self.sent) if sms.to == to)[:6]

    def answer(self, path: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Check what is asked as the service does, and send it or not."""
        self.asked += 1
        sms, is_known = READERS[self.kind](path, headers, content)
        if not is_known or self.locked:
            return LOCKED[self.kind]
        if self.throttled:
            self.throttled -= 1
            return THROTTLED[self.kind]
        if sms.to in self.barred:
            return BARRED[self.kind]
        self.sent.append(sms)
        return TAKEN[self.kind]


def _read_twilio(path: str, headers: Mapping[str, str], content: bytes) -> tuple[Sms, bool]:
    form = dict(parse_qsl(content.decode()))
    expected = "Basic " + base64.b64encode(USERS["twilio"].encode()).decode()
    is_known = headers["authorization"] == expected and path == "/2010-04-01/Accounts/AC1/Messages.json"
    return Sms(form["To"], form["Body"]), is_known and form["From"] == SENDER


def _read_messagebird(path: str, headers: Mapping[str, str], content: bytes) -> tuple[Sms, bool]:
    form = dict(parse_qsl(content.decode()))
    is_known = headers["authorization"] == "AccessKey hunter2" and path == "/messages"
    text = _encode(form["body"], is_unicode=form.get("datacoding") == "unicode")
    return Sms(f"+{form['recipients']}", text), is_known and form["originator"] == SENDER


def _read_vonage(path: str, _headers: Mapping[str, str], content: bytes) -> tuple[Sms, bool]:
    form = dict(parse_qsl(content.decode()))
    is_known = f"{form['api_key']}:{form['api_secret']}" == USERS["vonage"] and path == "/sms/json"
    text = _encode(form["text"], is_unicode=form.get("type") == "unicode")
    return Sms(f"+{form['to']}", text), is_known and f"+{form['from']}" == SENDER


def _encode(text: str, *, is_unicode: bool) -> str:
    """Return what arrives: without being told, these two know no character but those of SMS (some of them here)."""
    return text if is_unicode else re.sub("[^\n -~äöüÄÖÜß]", "?", text)


def _read_webhook(path: str, headers: Mapping[str, str], content: bytes) -> tuple[Sms, bool]:
    body = json.loads(content)
    assert body.keys() == {"to", "text"}
    assert headers["content-type"] == "application/json"
    return Sms(body["to"], body["text"]), path == "/send?token=hunter2"


READERS: dict[str, Callable[[str, Mapping[str, str], bytes], tuple[Sms, bool]]] = {
    "twilio": _read_twilio,
    "messagebird": _read_messagebird,
    "vonage": _read_vonage,
    "webhook": _read_webhook,
}


def _vonage(status: str, words: str = "") -> Reply:
    return 200, {"message-count": "1", "messages": [{"status": status, **({"error-text": words} if words else {})}]}


def _bird(status: int, code: int, words: str) -> Reply:
    return status, {"errors": [{"code": code, "description": words, "parameter": None}]}


TAKEN: dict[str, Reply] = {
    "twilio": (201, {"sid": "SM1", "status": "queued", "error_code": None}),
    "messagebird": (201, {"id": "1", "recipients": {"totalSentCount": 1}}),
    "vonage": _vonage("0"),
    "webhook": (200, {"done": True}),
}
BARRED: dict[str, Reply] = {
    "twilio": (400, {"code": 21211, "message": "The 'To' number is not a valid phone number.", "status": 400}),
    "messagebird": _bird(422, 9, "no (correct) recipients found"),
    "vonage": _vonage("7", "Number barred"),
    "webhook": (400, {"said": "no such number"}),
}
THROTTLED: dict[str, Reply] = {
    "twilio": (429, {"code": 20429, "message": "Too Many Requests", "status": 429}),
    "messagebird": _bird(429, 101, "Too many requests"),
    "vonage": _vonage("1", "Throttled"),
    "webhook": (429, None),
}
LOCKED: dict[str, Reply] = {
    "twilio": (401, {"code": 20003, "message": "Authenticate", "status": 401}),
    "messagebird": _bird(401, 2, "Request not allowed (incorrect access_key)"),
    "vonage": _vonage("4", "Bad Credentials"),
    "webhook": (403, "<h1>Forbidden</h1>"),
}


def _make_handler(service: SmsService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = service.answer(self.path, headers, content)
            time.sleep(service.delay)
            if service.falls_silent:
                self.close_connection = True
                return
            said = b"" if body is None else json.dumps(body).encode() + b" " * service.padding
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    return Handler
