"""The calls of the contract: who may make them, which endpoint answers, and how it refuses."""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.http.envelope import answer_refusal, answer_status, answer_unavailable
from backend.http.requests import BackendRequest
from backend.kernel.refusals import RefusalError, refusal
from backend.store import StoreUnavailableError

ROOT = "/_api/rest/v1"

Endpoint = Callable[[BackendRequest], Awaitable[Response]]


class Contract:
    """Middleware that answers the calls below ROOT, with one of the client keys; others go on to `app`.

    No path of the contract has a variable part. So it is looked up, and Starlette's routers, each with a mount, a match
    and handlers of exceptions, are left out of the calls that every page makes.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[Route], keys: Sequence[str]) -> None:
        self.app = app
        self._endpoints = _map_endpoints(routes)
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{ROOT}/"):
            await self.app(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: BackendRequest) -> Response:
        try:
            self._check_key(request)
            endpoints = self._endpoints.get(request.scope["path"])
            if endpoints is None:
                return answer_status(404)
            endpoint = endpoints.get(request.method)
            return await endpoint(request) if endpoint else answer_status(405, {"Allow": ", ".join(endpoints)})
        except RefusalError as refused:
            return answer_refusal(refused)
        except StoreUnavailableError:
            return answer_unavailable()

    def _check_key(self, request: BackendRequest) -> None:
        """Raise `invalid_client_key` without one of the client keys."""
        given = request.headers.get("x-client-key", "").encode()
        matches = [hmac.compare_digest(given, key) for key in self._keys]  # all of them, against timing attacks
        if not any(matches):
            raise refusal("invalid_client_key")


def _map_endpoints(routes: Iterable[Route]) -> Mapping[str, Mapping[str, Endpoint]]:
    """Map path and method to an endpoint."""
    endpoints: dict[str, dict[str, Endpoint]] = {}
    for route in routes:
        methods = endpoints.setdefault(ROOT + route.path, {})
        methods.update(dict.fromkeys(route.methods or (), route.endpoint))
    return endpoints
