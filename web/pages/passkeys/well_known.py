"""Where password managers find the page about passkeys: /.well-known/passkey-endpoints (W3C, draft of 2026)."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.pages.passkeys.list import HERE
from web.state import Visit


async def show(request: Request[Visit]) -> Response:
    """Tell where passkeys are added and managed; 404 where there are none."""
    capabilities = request.state["site"].capabilities
    await capabilities.ensure_known()
    origin = capabilities.current.passkey_origin
    if not origin:
        raise HTTPException(404)
    return JSONResponse({"enroll": f"{origin}{HERE}", "manage": f"{origin}{HERE}"})
