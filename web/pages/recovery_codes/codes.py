"""Recovery codes: how many are left, and a new set, shown until its owner says to have kept it."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.factor_shapes import FEW_CODES
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.recovery_codes.forms import KeptForm
from web.rendering.pages import Page, redirect
from web.state import SignedIn

HERE = "/profile/recovery-codes"
TWO_STEP = "/profile/two-step"
CODES = Page("templates/recovery_codes/codes.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the set that waits to be kept, or how many codes are left."""
    return await CODES.show(request, codes=await request.state["api"].get_recovery_codes(), few=FEW_CODES)


async def make(request: Request[SignedIn]) -> Response:
    """Make a new set. The old one stays good."""
    await read_form(request)
    await request.state["api"].make_recovery_codes()
    return redirect(request, to=HERE)


async def keep(request: Request[SignedIn]) -> Response:
    """Put the set in force that the person has kept, unless it is not the one which waits any more."""
    form, api = KeptForm(await read_form(request)), request.state["api"]
    before = await api.get_factors()
    try:
        await api.confirm_recovery_codes(form["set"])
    except ApiError as refused:
        if "recovery_codes_gone" not in refused.codes:
            raise
        words = _(
            "Those codes don’t wait to be saved any more, so they don’t work. Your other codes stay as they were."
        )
        return redirect(request, to=HERE, flash=words)
    if before.needs_codes:
        return redirect(request, to=TWO_STEP, flash=_("Your recovery codes are saved. Two-step verification is on."))
    if before.can_switch_on_with_codes:
        words = _("Your recovery codes are saved. Now you can turn on two-step verification.")
        return redirect(request, to=TWO_STEP, flash=words)
    return redirect(request, to=HERE, flash=_("Your recovery codes are saved. From now on only these work."))
