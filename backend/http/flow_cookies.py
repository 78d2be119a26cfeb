"""The cookies of log-ins at providers: one for each that has begun, for ten minutes, in the browser that has begun it.

They are the only cookies of the backend. Each is signed, `HttpOnly` and `SameSite=Lax`, and read by nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from starlette.responses import Response

from backend.http.requests import BackendRequest, get_services
from backend.rules.provider_flows import FLOW_LIFETIME, StartedFlow, name_flow, sign_parts, unsign_parts, write_flow

AT_ONCE = 5  # log-ins that a browser has begun
POSTED_SECONDS = 60
LONGEST = {"code": 800, "state": 100, "error": 100, "user": 800, "iss": 255}  # characters; a cookie holds 4 kB in all
LONGEST_POSTED = 3500
PREFIX, FLOW, POSTED = "__Host-", "provider-", "provider-posted"
NAME = re.compile(r"(?:^|;)\s*((?:__Host-)?provider-[0-9a-f]{16})=")


@dataclass(frozen=True)
class Posted:
    """What a provider's page posts (`form_post`): the answer, and the person's name, once."""

    code: str = ""
    state: str = ""
    error: str = ""
    user: str = ""
    iss: str = ""

    @classmethod
    def of(cls, pairs: Mapping[str, str]) -> Self:
        """Take what is known of a form, and nothing that is too long."""
        return cls(**{name: pairs.get(name, "") for name, most in LONGEST.items() if len(pairs.get(name, "")) <= most})


def keep_flow(request: BackendRequest, response: Response, started: StartedFlow) -> Response:
    """Keep a log-in that has begun, and of those before it the latest."""
    known = NAME.findall(request.headers.get("cookie", ""))
    for name in known[: max(0, len(known) - AT_ONCE + 1)]:  # browsers send those first that were set first
        _delete(request, response, name)
    name = _find_name(request, FLOW, name_flow(started.flow.state))
    lifetime = int(FLOW_LIFETIME.total_seconds())
    return _set(request, response, name, write_flow(get_services(request), started), lifetime)


def read_flow_cookie(request: BackendRequest, state: str) -> str:
    """Return the cookie of the log-in with this `state`, or ""."""
    return _read(request, _find_name(request, FLOW, name_flow(state)))


def forget_flow(request: BackendRequest, response: Response, state: str) -> Response:
    """Forget a log-in that has ended, and what was posted for it."""
    _delete(request, response, _find_name(request, FLOW, name_flow(state)))
    return forget_posted(request, response)


def forget_posted(request: BackendRequest, response: Response) -> Response:
    """Forget what was posted."""
    if _read(request, _find_name(request, POSTED)):
        _delete(request, response, _find_name(request, POSTED))
    return response


def keep_posted(request: BackendRequest, response: Response, posted: Posted) -> Response:
    """Keep what was posted for a log-in, out of addresses, in place of what was posted before: any page may post, and
    could else have a browser keep more than a proxy takes."""
    value = sign_parts(get_services(request), "posted", list(asdict(posted).values()))
    return _set(request, response, _find_name(request, POSTED), value, POSTED_SECONDS)


def read_posted(request: BackendRequest, name: str) -> Mapping[str, str]:
    """Return the answer that was posted for a log-in, if it is of the flow of this name."""
    text = _read(request, _find_name(request, POSTED))
    parts = unsign_parts(get_services(request), "posted", text, len(LONGEST), LONGEST_POSTED)
    posted = Posted(*parts) if parts else Posted()
    values = asdict(posted) if name_flow(posted.state) == name else {}
    return {name: value for name, value in values.items() if value}


def _find_name(request: BackendRequest, kind: str, name: str = "") -> str:
    return f"{PREFIX if get_services(request).settings.public.is_https else ''}{kind}{name}"


def _read(request: BackendRequest, name: str) -> str:
    """Find one cookie, without parsing the others, which may be anybody's."""
    found = re.search(rf"(?:^|;)\s*{re.escape(name)}=([\w.=-]*)", request.headers.get("cookie", ""), re.ASCII)
    return found[1] if found else ""


def _set(request: BackendRequest, response: Response, name: str, value: str, seconds: int) -> Response:
    is_https = get_services(request).settings.public.is_https
    response.set_cookie(name, value, max_age=seconds, path="/", secure=is_https, httponly=True, samesite="lax")
    return response


def _delete(request: BackendRequest, response: Response, name: str) -> None:
    is_https = get_services(request).settings.public.is_https
    response.delete_cookie(name, path="/", secure=is_https, httponly=True, samesite="lax")
