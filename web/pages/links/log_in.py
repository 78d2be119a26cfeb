"""Log in by a mail, whether by its link or by its code."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import Session, User
from web.i18n.locale import activate_user_locale
from web.i18n.locale import gettext as _
from web.pages.entry.pending_mail import find_login_options
from web.pages.preferences.browser_locale import save_browser_locale
from web.rendering.pages import Offer
from web.session import sign_in
from web.state import Visit


async def log_in(
    request: Request[Visit],
    typed: dict[str, str],
    user: User,
    session: Session,
    *,
    action: str,
    flash: str = "",
    offer: Offer | None = None,
) -> Response:
    """Log in by a mail, with the options (next, stay, locale) of the browser that waited for one to this very address.

    `action` is that of the mail's link. `flash`: what is said instead of that one is logged in, beside an `offer`.
    """
    activate_user_locale(user)
    cookies, options = request.state["site"].cookies, find_login_options(request, user.email)
    await save_browser_locale(request, user, session, options | {name: value for name, value in typed.items() if value})
    is_confirmation = action == "email-confirm"
    flash = flash or _word_logged_in(request, session, is_confirmation=is_confirmation)
    next_path = typed.get("next", "") or options.get("next", "")
    remember = bool(options.get("stay"))
    response = await sign_in(request, session, to=next_path, flash=flash, offer=offer, remember=remember)
    if options:
        cookies.waiting.clear(request, response)
    if is_confirmation:
        cookies.registration.clear(request, response)
    return response


def _word_logged_in(request: Request[Visit], session: Session, *, is_confirmation: bool) -> str:
    if session.connected:
        name = request.state["site"].capabilities.current.name_provider(session.connected)
        return _("You’re logged in, and %(name)s is connected. You can log in with it from now on.") % {"name": name}
    return _("Your email address is confirmed. You’re logged in.") if is_confirmation else _("You’re logged in.")
