"""The services that send SMS: what each is asked, and what its answers mean.

Twilio and MessageBird say by the status whether an SMS was taken; Vonage answers 200 to everything, and says it inside.
MessageBird and Vonage have to be told where a text needs Unicode: else other characters arrive as question marks.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from backend.settings.phones import SmsService
from backend.sms.alphabet import needs_unicode
from backend.sms.errors import SmsError, SmsRefusedError, SmsServiceAwayError

# Statuses that are about us, not about an SMS; a webhook that is not there yet among them.
ABOUT_US = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}
FOR_NOW = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
VONAGE_TAKEN = "0"
VONAGE_FOR_NOW = {"1", "5"}  # too fast; an error of its own
VONAGE_ABOUT_US = {"4", "8", "9", "11", "14"}  # key; account barred, without money, not enabled; signature


@dataclass(frozen=True)
class SmsRequest:
    """What is posted: a form of `fields`, or `body` as JSON."""

    url: str = field(repr=False)
    fields: Mapping[str, str] | None = field(default=None, repr=False)
    body: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)


def make_request(service: SmsService, sender: str, to: str, text: str) -> SmsRequest:
    """Make what asks a service to send an SMS. `to` is in E.164."""
    return REQUESTS[service.kind](service, sender, to, text)


def check_answer(service: SmsService, status: int, content: bytes) -> None:
    """Raise a child of SmsError unless the answer says that the SMS was taken."""
    _check_status(status, content)
    if service.kind == "vonage":
        _check_vonage(content)


def _make_twilio_request(service: SmsService, sender: str, to: str, text: str) -> SmsRequest:
    url = f"{service.url}/2010-04-01/Accounts/{service.user}/Messages.json"
    return SmsRequest(url, fields={"From": sender, "To": to, "Body": text}, auth=(service.user, service.secret))


def _make_messagebird_request(service: SmsService, sender: str, to: str, text: str) -> SmsRequest:
    coding = {"datacoding": "unicode"} if needs_unicode(text) else {}
    fields = {"originator": sender, "recipients": to.removeprefix("+"), "body": text, **coding}
    return SmsRequest(f"{service.url}/messages", fields=fields, headers={"Authorization": f"AccessKey {service.user}"})


def _make_vonage_request(service: SmsService, sender: str, to: str, text: str) -> SmsRequest:
    account = {"api_key": service.user, "api_secret": service.secret}
    kind = {"type": "unicode"} if needs_unicode(text) else {}
    fields = {"from": sender.removeprefix("+"), "to": to.removeprefix("+"), "text": text, **kind, **account}
    return SmsRequest(f"{service.url}/sms/json", fields=fields)


def _make_webhook_request(service: SmsService, sender: str, to: str, text: str) -> SmsRequest:  # noqa: ARG001
    return SmsRequest(service.url, body={"to": to, "text": text})


REQUESTS: Mapping[str, Callable[[SmsService, str, str, str], SmsRequest]] = {
    "twilio": _make_twilio_request,
    "messagebird": _make_messagebird_request,
    "vonage": _make_vonage_request,
    "webhook": _make_webhook_request,
}


def _check_status(status: int, content: bytes) -> None:
    if 200 <= status < 300:
        return
    code = f"{status} {_find_number(content)}".strip()
    if status >= 500 or 300 <= status < 400 or status in ABOUT_US:
        raise SmsServiceAwayError(code)
    raise SmsError(code) if status in FOR_NOW else SmsRefusedError(code)


def _find_number(content: bytes) -> str:
    """Return a service's number of its error, `{code}` or `{errors: [{code}]}`, or ""."""
    answer = _parse(content)
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else answer
    code = first.get("code")
    return str(code) if isinstance(code, int) and 0 <= code < 1_000_000 else ""


def _check_vonage(content: bytes) -> None:
    messages = _parse(content).get("messages")
    parts = messages if isinstance(messages, list) else []
    states = [str(part.get("status")) if isinstance(part, dict) else "" for part in parts] or [""]
    state = next((each for each in states if each != VONAGE_TAKEN), VONAGE_TAKEN)
    if state == VONAGE_TAKEN:
        return
    code = f"200 {state}" if state.isdecimal() and len(state) < 4 else "200"
    if state in VONAGE_ABOUT_US:
        raise SmsServiceAwayError(code)
    raise SmsRefusedError(code) if state.isdecimal() and state not in VONAGE_FOR_NOW else SmsError(code)


def _parse(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
