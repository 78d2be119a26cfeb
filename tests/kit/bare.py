"""A plain Altogic: our own backend without its additions, or without some of them, as a transport for the site."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import httpx
import pytest

from tests.kit.contract import API

CAPABILITIES = f"{API}/account/capabilities"


@dataclass(frozen=True)
class Addition:
    """One of our additions to the contract: its paths, fields of answers, parameters and headers of requests."""

    paths: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()  # of a request or an answer


FEATURES: dict[str, Addition] = {
    "account.codes": Addition(paths=("/account/codes",), fields=("reference",)),
    "account.confirm": Addition(paths=("/account/confirm", "/account/confirm/code")),
    "account.events": Addition(paths=("/account/events",)),
    "account.export": Addition(paths=("/account/export",)),
    "account.factors": Addition(
        paths=tuple(f"/account/factors{name}" for name in ("", "/sign-in", "/totp/begin", "/totp/finish")),
        fields=("factor", "factors"),
    ),
    "account.identities": Addition(
        paths=tuple(f"/account/identities{name}" for name in ("", "/begin", "/remove", "/address"))
    ),
    "account.leave": Addition(paths=("/account/leave", "/account/leave/cancel"), fields=("leavingDtm",)),
    "account.lost-factors": Addition(
        paths=(
            "/account/factors/lost",
            *(f"/account/factors/lost/{name}" for name in ("code", "link", "stop", "remove")),
        ),
        fields=("recoveringDtm",),
    ),
    "account.me": Addition(paths=("/account/me",)),
    "account.name": Addition(paths=("/account/name",)),
    "account.passkeys": Addition(
        paths=(
            "/account/passkeys",
            *(f"/account/passkeys/{name}" for name in ("options", "sign-in", "rename", "remove")),
        ),
        fields=("passkeys", "passkeyHandle"),
    ),
    "account.pending": Addition(parameters=("reference",)),  # of /account/pending
    "account.phone": Addition(
        paths=("/account/phone", *(f"/account/phone/{name}" for name in ("code", "again", "cancel", "remove"))),
    ),
    "account.recovery-codes": Addition(
        paths=("/account/factors/recovery-codes", "/account/factors/recovery-codes/confirm"), fields=("recoveryCodes",)
    ),
    "emails.codes": Addition(paths=("/account/email/code",), fields=("codeExpiryDtm",)),
    "emails.pending": Addition(
        paths=tuple(f"/account/email/{name}" for name in ("pending", "cancel", "again", "undo")),
        fields=("pendingEmail", "inForce", "otherEmail"),
    ),
    "emails.recent": Addition(paths=("/account/email",)),
    "events.disown": Addition(
        paths=("/account/event", "/account/event/disown"), fields=("openSessions", "isOwnSession", "isDisownable")
    ),
    "factors.others": Addition(),  # endOthers, which others do not look at
    "leave.now": Addition(paths=("/account/leave/now", "/account/leave/now/code")),
    "links.describe": Addition(paths=("/auth/access-token",)),
    "links.disown": Addition(paths=("/auth/access-token/disown",), fields=("disownable", "notice", "disowned")),
    "links.resend": Addition(parameters=("key",)),  # of /auth/resend
    "mail.status": Addition(paths=("/account/pending",)),
    "passwords.count": Addition(paths=("/auth/new-password",)),
    "passwords.others": Addition(),  # endOthers, which others do not look at
    "registrations.secret": Addition(
        paths=("/account/registration/confirm",), fields=("passwordNeeded", "nameNeeded"), headers=("X-Registration",)
    ),
    "sessions.label": Addition(paths=("/auth/sessions/label",), fields=("label",)),
    "sessions.pages": Addition(parameters=("limit", "after", "order"), headers=("X-Total-Count",)),
    "users.locale": Addition(fields=("language", "timezone")),
}
# What has no name as a feature: the question for the features itself, and what may be sent or shown in any case.
UNNAMED = Addition(
    paths=("/account/capabilities",),
    fields=("lastSeenDtm", "expiryDtm", "ip", "method", "userAgentText"),
    parameters=("next", "reason"),
    headers=("X-Forwarded-For", "X-Device", "X-Poll", "X-Request-Id"),
)


class Without(httpx.AsyncBaseTransport):
    """A backend that lacks some features, and says so."""

    def __init__(self, inner: httpx.AsyncBaseTransport, features: Iterable[str]) -> None:
        self.inner = inner
        self.features = frozenset(features)
        self.missing = [FEATURES[feature] for feature in self.features]

    async def __aenter__(self) -> Self:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.inner.__aexit__(*error)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(API)
        if any(path in addition.paths for addition in self.missing):
            return refusal(404, "resource_not_found")
        answer = await self.inner.handle_async_request(self.strip_request(request))
        body = await answer.aread()
        await answer.aclose()
        if request.url.path == CAPABILITIES:
            return self.answer_capabilities(json.loads(body))
        return httpx.Response(answer.status_code, content=self.strip_body(body), headers=self.strip_headers(answer))

    def answer_capabilities(self, told: dict[str, Any]) -> httpx.Response:
        return httpx.Response(200, json={**told, "features": sorted({*told["features"]} - self.features)})

    def strip_request(self, request: httpx.Request) -> httpx.Request:
        is_about_links = request.url.path.endswith(("/auth/grant", "/auth/access-token", "/auth/reset-pwd", "/disown"))
        for addition in self.missing:
            for name in addition.headers:
                request.headers.pop(name, None)
            for name in addition.parameters:
                if not (name == "key" and is_about_links):
                    request.url = request.url.copy_remove_param(name)
        return request

    def strip_headers(self, answer: httpx.Response) -> dict[str, str]:
        names = {name.lower() for addition in self.missing for name in addition.headers}
        kept = {"content-type", "retry-after", "x-total-count"} - names
        return {name: value for name, value in answer.headers.items() if name.lower() in kept}

    def strip_body(self, body: bytes) -> bytes:
        names = {name for addition in self.missing for name in addition.fields}

        def strip(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: strip(each) for name, each in value.items() if name not in names}
            return [strip(each) for each in value] if isinstance(value, list) else value

        return json.dumps(strip(json.loads(body))).encode() if body.strip() and names else body


class PlainAltogic(Without):
    """A backend that has none of our additions, nor heard of them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        super().__init__(inner, FEATURES)
        self.missing.append(UNNAMED)


# A mark for tests about a visitor: they run at our own backend, and once more at a plain Altogic.
at_plain_altogic_too = pytest.mark.parametrize("app", ["our-backend", "plain-altogic"], indirect=True)


def refusal(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"errors": [{"origin": "client_error", "code": code, "message": "Refused."}]})
