"""Recovery codes as a text file, for whoever keeps them in one."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from translations.formatting import format_datetime
from web.api.recovery_codes import PendingCodes
from web.i18n.locale import gettext as _
from web.pages.recovery_codes.codes import HERE
from web.rendering.pages import redirect
from web.state import SignedIn, site_of

FILE = "recovery-codes.txt"


async def download(request: Request[SignedIn]) -> Response:
    """Answer with the set that waits to be kept. Whoever comes from another site, or too late, sees the page."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return redirect(request, to=HERE)
    pending = (await request.state["api"].get_recovery_codes()).pending
    if pending is None:
        return redirect(request, to=HERE)
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "no-store"}
    return PlainTextResponse("\r\n".join(_list_lines(request, pending)), headers=headers)


def _list_lines(request: Request[SignedIn], pending: PendingCodes) -> list[str]:
    """Write what tells this set from others: where it is for, whose it is, since when."""
    site, contact = site_of(request).settings.public, request.state["user"].contact
    return [
        _("Recovery codes for %(product)s") % {"product": site.site_name},
        site.url,
        contact,
        _("Made on %(time)s.") % {"time": format_datetime(pending.made)},
        "",
        *pending.codes,
        "",
        _("Each code works once. These codes end the ones you had before."),
        "",
    ]
