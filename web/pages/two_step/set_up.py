"""Two-step verification: how it stands, and setting up an authenticator app."""

from contextlib import suppress
from datetime import timedelta
from textwrap import wrap
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError, ConfirmationRequired
from web.forms import drafts, others
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.two_step.forms import FirstCodeForm
from web.pages.two_step.qr_code import draw_qr_code
from web.rendering.pages import Page, redirect
from web.state import SignedIn

HERE = "/profile/two-step"
CODES_PAGE = "/profile/recovery-codes"
SWITCH = "on"  # the field of the button that switches two-step verification on
NEW = "new"  # in the query: set up another app, or this one anew
DOUBLE_CLICK = timedelta(seconds=10)
GROUP = 4  # characters of the secret
STATE = Page("templates/two_step/state.html")
SETUP = Page("templates/two_step/set_up.html", fragment="partials/two_step/set_up_form.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show how it stands, or where there is no app yet, or another one is wanted, the form that sets one up.

    Raises ConfirmationRequired before a secret is shown.
    """
    factors = await request.state["api"].get_factors()
    if NEW not in request.query_params and (factors.two_step or factors.totp or factors.can_switch_on):
        return await STATE.show(request, factors=factors)
    form = FirstCodeForm(others.restore_typed(request))
    return drafts.clear_draft(request, await _show_setup(request, form))


async def submit(request: Request[SignedIn]) -> Response:
    """Take the first code of an app, which is then in use, or will be once recovery codes are saved.

    By another button switch two-step verification on with the factors that there are.
    """
    typed = await read_form(request)
    if SWITCH in typed:
        return await _switch_on(request)
    form = FirstCodeForm(typed)
    if form.is_valid():
        try:
            is_active = await request.state["api"].finish_totp(form.code, end_others=bool(form[others.FIELD]))
        except (ApiError, ConfirmationRequired) as refused:
            if await _has_finished(request, refused):
                return redirect(request, to=HERE)
            if isinstance(refused, ConfirmationRequired):
                raise
            form.reject(refused)
        else:
            return await _go_on(request, form, is_active=is_active)
    return await _show_setup(request, form)


async def _switch_on(request: Request[SignedIn]) -> Response:
    """Switch it on, or where a factor is missing by now, let the page say what there is."""
    with suppress(ApiError):
        await request.state["api"].switch_two_step_on()
        return redirect(request, to=HERE, flash=_("Two-step verification is on."))
    return redirect(request, to=HERE)


async def _show_setup(request: Request[SignedIn], form: FirstCodeForm) -> Response:
    """Show the secret that this session has begun with, so that a reload, or a wrong code, costs nothing."""
    begun = await request.state["api"].begin_totp()
    factors = await request.state["api"].get_factors()
    context: dict[str, Any] = {"uri": begun.uri, "secret": " ".join(wrap(begun.secret, GROUP)), "factors": factors}
    return await SETUP.show(request, form=form, qr_code=await draw_qr_code(begun.uri), **context)


async def _has_finished(request: Request[SignedIn], refused: ApiError | ConfirmationRequired) -> bool:
    """Tell whether the refusal is of the second click of a double click: what it asks for was done a moment ago.

    From then on to change the app takes more of a proof.
    """
    if isinstance(refused, ApiError) and not refused.codes & {"code_used", "nothing_pending"}:
        return False
    app, now = (await request.state["api"].get_factors()).totp, request.state["site"].clock()
    return app is not None and now < app.added + DOUBLE_CLICK


async def _go_on(request: Request[SignedIn], form: FirstCodeForm, *, is_active: bool) -> Response:
    if is_active:
        flash = _("Two-step verification is on. Your app is set up.")
        return redirect(request, to=HERE, flash=others.add_others(flash, form))
    await _make_recovery_codes(request)
    flash = _("Your app works. Save your recovery codes, and two-step verification is on.")
    return redirect(request, to=CODES_PAGE, flash=others.add_others(flash, form))


async def _make_recovery_codes(request: Request[SignedIn]) -> None:
    """Make the codes that the next page shows, unless some wait there already."""
    api = request.state["api"]
    codes = (await api.get_factors()).recovery_codes
    if not (codes and codes.is_pending):
        await api.make_recovery_codes()
