"""Remove one's phone number."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms.base import Form
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.phone.pending import HERE, PROFILE
from web.rendering.pages import Page, redirect
from web.state import SignedIn

REMOVE = Page("templates/phone/remove.html")


class RemoveForm(Form):
    """A button alone."""

    def reject(self, refused: ApiError) -> None:
        if "last_way_in" in refused.codes:
            self.complaints.append(
                _("An account needs an email address or a phone number. Add an email address first.")
            )
        else:
            super().reject(refused)


async def show(request: Request[SignedIn]) -> Response:
    """Ask first. Whoever has no number is led to where one is added."""
    if not (await request.state["api"].get_own_phone()).phone:
        return redirect(request, to=HERE)
    return await REMOVE.show(request, form=RemoveForm())


async def submit(request: Request[SignedIn]) -> Response:
    """Remove the number. One that is gone already is removed. Raises ConfirmationRequired."""
    form = RemoveForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            await request.state["api"].remove_phone()
            return redirect(request, to=PROFILE, flash=_("Phone number removed."))
    return await REMOVE.show(request, form=form)
