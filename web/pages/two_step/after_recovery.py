"""What is said after a log-in by a recovery code: how many are left, and who else is logged in.

Whoever needs such a code may have lost a device that is logged in (OWASP ASVS 7.4.3). It is said once, and holds nobody
up.
"""

from starlette.requests import Request

from web.api.errors import AltogicError
from web.api.factor_shapes import FEW_CODES
from web.api.shapes import Session, User
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.rendering.pages import Offer
from web.state import Visit

OTHERS = "partials/two_step/flash_others.html"


async def tell(request: Request[Visit], user: User, session: Session) -> tuple[str, Offer | None]:
    """Return what the next page says, and what it offers. Neither, where the backend does not tell."""
    api = request.state["api"].as_user(session.token)
    try:
        left = (await api.get_factors()).codes_left
        _newest, total = await api.get_newest_sessions(1)
    except AltogicError:
        return "", None
    return _word_codes_left(left), _offer_to_end_others(request, user, total)


def _word_codes_left(left: int) -> str:
    if not left:
        return _("That was your last recovery code. Make new ones under Security.")
    words = ngettext(
        "You’re logged in. %(number)s recovery code is left.",
        "You’re logged in. %(number)s recovery codes are left.",
        left,
    )
    said = words % {"number": left}
    return said if left > FEW_CODES else " ".join([said, _("Make new ones under Security.")])


def _offer_to_end_others(request: Request[Visit], user: User, total: int) -> Offer | None:
    """Offer to log out all sessions but the new one. One that this browser has had of the same user ends by itself."""
    before = request.state["user"]
    others = total - 1 - int(isinstance(before, User) and before.id == user.id)
    return Offer(OTHERS, str(others)) if others > 0 else None
