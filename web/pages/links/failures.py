"""What a link is answered with that did not do what it is for, so that nothing is posted twice."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms.base import Form
from web.i18n.locale import gettext as _
from web.pages.links.landing import HERE, find_link, show_view
from web.pages.links.opened_links import OpenedLink, has_links, save_link
from web.rendering.pages import redirect
from web.state import Visit


def redirect_not_open(request: Request[Visit]) -> Response:
    """Redirect a form whose link is not open in this browser any more; another link's landing may then be shown."""
    flash = _("Nothing was changed: that link is no longer open in this browser. Open it again from your email.")
    return redirect(request, to=HERE, flash=flash if has_links(request) else "")


def redirect_refused(request: Request[Visit], link: OpenedLink, refused: ApiError) -> Response:
    """Redirect to the landing of a link that the backend has refused. Raises the ApiError for a 429."""
    if refused.status == 429:
        raise refused
    return redirect_failed(request, link)


def redirect_failed(request: Request[Visit], link: OpenedLink) -> Response:
    """Redirect to the landing, which finds out why the link failed, or says that it no longer works."""
    failed = {**link, "status": "400", "ref": link["token"], "token": ""}
    return save_link(request, redirect(request, to=HERE), failed)


async def show_refused(request: Request[Visit], view: str, link: OpenedLink, form: Form) -> Response:
    """Show the form again; a refusal of the link itself, not of a field, is shown by the landing."""
    if form.status == 422 and not form.errors:
        return redirect_failed(request, link)
    found = None if form.is_unanswered else await find_link(request, link["token"])
    return await show_view(request, view, link, found, form=form)
