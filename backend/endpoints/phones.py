"""Phone numbers, which the contract has and this backend does not offer: refused by name."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.requests import BackendRequest
from backend.kernel.refusals import refusal

PATHS = (
    *("/auth/signup-phone", "/auth/signin-phone", "/auth/send-code", "/auth/signin-code", "/auth/verify-phone"),
    *("/auth/resend-code", "/auth/send-reset-code", "/auth/reset-pwd-code", "/auth/change-phone"),
)


async def refuse(request: BackendRequest) -> Response:  # noqa: ARG001
    raise refusal("not_allowed")


ROUTES: list[Route] = [Route(path, refuse, methods=["POST"]) for path in PATHS]
