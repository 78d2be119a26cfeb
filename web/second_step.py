"""A log-in that waits for its second step: kept in this browser from the first factor on, whatever the way in.

Its ticket is in a signed cookie of its own, so that two tabs can log in to two accounts. The form of the second step
names its log-in in `ref`. With the ticket is kept where the log-in leads, and whether this browser stays logged in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import Response

from serving.addresses import clean_address
from web.forms.base import NEXT
from web.http.signed_cookies import measure_note
from web.session import remember_device, safe_next_path
from web.state import site_of

HERE = "/login/second-step"
REF = "ref"  # the field
CODE_PAGE, SMS_PAGE = "/code", "/login-with-code"
OPTIONS = (NEXT, "stay", "language", "timezone")  # of the first factor's form
LARGEST = 2048  # bytes of a note: more than any form of ours says
TICKET_LIFETIME = 600  # seconds, as the backend has it: by then the browser has dropped the note, too


@dataclass(frozen=True)
class StartedLogin:
    """A log-in whose first factor was right. `options`: what its form said, `{next, stay, language, timezone}`.

    It began `at` these seconds since 1970. `handle` names it in forms; `link` or `reference` name the mailed link, or
    the code, that it began with. `email` is the address, or the phone number, that was typed for it in this browser, if
    it was.
    """

    handle: str
    ticket: str = field(repr=False)
    options: Mapping[str, str]
    link: str = ""
    reference: str = ""
    email: str = ""
    at: int = 0

    def is_over_time(self, now: datetime) -> bool:
        """Tell whether its ticket has expired."""
        return now.timestamp() >= self.at + TICKET_LIFETIME

    @property
    def next(self) -> str:
        return safe_next_path(self.options.get(NEXT, ""))

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Self:
        told = {name: str(note.get(name, "")) for name in ("handle", "ticket", "link", "reference", "email")}
        at = int(note.get("at", 0))
        return cls(options={name: str(note.get(name, "")) for name in OPTIONS}, at=at, **told)


def remember_started_login(
    request: Request[Any], response: Response, ticket: str, typed: Mapping[str, str]
) -> Response:
    """Keep a log-in whose first factor was right, with what the form of that said.

    The ticket is good in this browser alone, so it has to be recognized from here on, by its device cookie.
    """
    began: dict[str, Any] = {"ticket": ticket, "at": int(site_of(request).clock().timestamp())}
    said = {name: typed[name] for name in OPTIONS if typed.get(name)}
    named = {
        "link": typed.get(REF, ""),
        "reference": _name_reference(request, typed),
        "email": _find_email(request, typed),
    }
    note = {**began, **said, **named}
    note = note if measure_note(note) <= LARGEST else began
    handle = hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    site_of(request).cookies.second_steps.write(request, response, handle, note)
    remember_device(request, response)
    return response


def find_started_login(request: Request[Any], typed: Mapping[str, str]) -> StartedLogin | None:
    """Return the log-in that a form names, else the one that began last, or None."""
    notes = site_of(request).cookies.second_steps.read_all(request)
    named = typed.get(REF, "")
    if named:
        return StartedLogin.from_note(notes[named]) if named in notes else None
    return StartedLogin.from_note(list(notes.values())[-1]) if notes else None


def has_begun_with(request: Request[Any], *, link: str = "", reference: str = "") -> bool:
    """Tell whether a log-in by this mailed link, or by the code of this reference (for a code by SMS, of this number),
    waits for its second step."""
    notes = site_of(request).cookies.second_steps.read_all(request).values()
    named = (link, "link") if link else (_digest(reference), "reference")
    return bool(named[0]) and any(note.get(named[1]) == named[0] for note in notes)


def forget_started_login(request: Request[Any], response: Response, started: StartedLogin) -> Response:
    """Delete what was kept of a log-in, and of the mailed link or the code by SMS that it began with."""
    cookies = site_of(request).cookies
    cookies.second_steps.clear(response, started.handle)
    if started.link in cookies.links.read_all(request):
        cookies.links.clear(response, started.link)
    if started.reference and started.reference == _digest(str(cookies.sms.read(request).get("phone", ""))):
        cookies.sms.clear(request, response)
    return response


def _find_email(request: Request[Any], typed: Mapping[str, str]) -> str:
    """Return the address that was typed here, with the password or to be mailed the code, or the number that got one;
    "" of a link, which is opened anywhere, and of a passkey."""
    if request.scope["path"] == CODE_PAGE:
        return str(site_of(request).cookies.waiting.read(request).get("email", ""))
    if request.scope["path"] == SMS_PAGE:
        return _find_phone(request, typed)
    return clean_address(typed.get("email", ""))


def _find_phone(request: Request[Any], typed: Mapping[str, str]) -> str:
    return typed.get("phone", "") or str(site_of(request).cookies.sms.read(request).get("phone", ""))


def _name_reference(request: Request[Any], typed: Mapping[str, str]) -> str:
    """Return what names the reference, or the number, whose code was typed, or "" where none was."""
    if request.scope["path"] == SMS_PAGE:
        return _digest(_find_phone(request, typed))
    if request.scope["path"] != CODE_PAGE:
        return ""
    return _digest(str(site_of(request).cookies.waiting.read(request).get("reference", "")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16] if text else ""
