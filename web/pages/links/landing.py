"""The landing of a mailed link: what it is for, or why it no longer works, and a button.

The link's secrets move from the URL into a cookie; the landing's form then does what the link is for (use.py).
Altogic redirects here with `status`, `action`, `access_token` and, after a failure, `error`; our own backend adds
`code` and `ref`. No text of the URL is ever shown.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.mail_shapes import Link
from web.api.shapes import User
from web.forms import drafts
from web.forms.base import Form
from web.pages.entry.forms import EmailForm
from web.pages.entry.pending_mail import find_login_options
from web.pages.links.forms import make_confirm_form, make_password_form
from web.pages.links.opened_links import OpenedLink, find_newest, read_link, save_link
from web.pages.lost_factors.forms import RemovalForm
from web.pages.providers import landing as provider_landing
from web.rendering.pages import Page, redirect
from web.second_step import HERE as SECOND_STEP
from web.second_step import has_begun_with
from web.session import AFTER_LOGIN, identify_browser, safe_next_path
from web.state import Visit

HERE = "/auth-redirect"
DELETE_ACCOUNT = "delete-account"  # an action
LOGIN_ACTIONS = ("email-confirm", "magic-link", "oauth-signin", "oauth-signup")
FACTOR_ACTIONS = ("keep-factors", "remove-factors")
STATES = {"link_used": "used", "link_expired": "expired"}
VIEWS = {
    "confirm": Page("templates/links/confirm.html"),
    "log-in": Page("templates/links/log_in.html"),
    "confirm-with-password": Page(
        "templates/links/confirm_with_password.html", fragment="partials/links/confirm_form.html"
    ),
    "notice": Page("templates/links/notice.html"),
    "new-password": Page("templates/links/new_password.html", fragment="partials/links/new_password_form.html"),
    "email-changed": Page("templates/links/email_changed.html"),
    "email-not-changed": Page("templates/links/email_not_changed.html"),
    "undo-email": Page("templates/links/undo_email.html"),
    "undo-email-ended": Page("templates/links/undo_email_ended.html"),
    "delete-account": Page("templates/links/delete_account.html"),
    "delete-account-ended": Page("templates/links/delete_account_ended.html"),
    "keep-factors": Page("templates/links/keep_factors.html"),
    "remove-factors": Page("templates/links/remove_factors.html"),
    "factors-ended": Page("templates/links/factors_ended.html"),
    "confirmed": Page("templates/links/confirmed.html"),
    "used": Page("templates/links/used.html"),
    "expired": Page("templates/links/expired.html"),
    "unknown": Page("templates/links/unknown.html"),
    "refused": Page("templates/links/refused.html"),
    "nothing": Page("templates/links/nothing.html"),
}


async def show(request: Request[Visit]) -> Response:
    """Take a link out of the URL, or show the landing of the one opened last."""
    link = read_link(request.query_params)
    if link["handle"]:
        return _redirect_without_secrets(request, link)
    link = link if link["status"] else find_newest(request)
    page = await show_landing(request, link)
    if is_open(link):
        identify_browser(request, page)
    return page


async def show_landing(request: Request[Visit], link: OpenedLink) -> Response:
    """Show the view that fits the link's status and action, and what the backend knows of it."""
    if not link["status"]:
        return await show_view(request, "nothing", link, None)
    if link["action"].startswith("oauth-") and (response := await provider_landing.answer(request, link)):
        return response
    if link["status"] != "200":
        return await _show_failure(request, link, await find_link(request, link["ref"]))
    if link["action"] == "change-email":
        return await _show_changed(request, link)
    if not is_open(link):
        return await _show_failure(request, link, None)
    found = await find_link(request, link["token"])
    if found and found.state != "valid":
        return await _show_failure(request, {**link, "ref": link["token"]}, found)
    return await _show_open(request, link, found)


async def show_view(
    request: Request[Visit],
    view: str,
    link: OpenedLink,
    found: Link | None,
    *,
    form: Form | None = None,
    status: int = 0,
) -> Response:
    """Show a view, whose forms name the link (`ref`) and carry where its log-in leads.

    Its context: `link` (what the backend knows, or None), `ref`, `action`, `next`, `stay` and `other_user` (whether
    somebody is signed in whom the link would log out).
    """
    options = find_login_options(request, found.email) if found else {}
    context: dict[str, Any] = {
        "link": found,
        "ref": link["handle"],
        "action": link["action"],
        "next": safe_next_path(found.next if found and found.next else options.get("next", "")),
        "stay": options.get("stay", ""),
        "other_user": _is_for_other(request, found),
    }
    return await VIEWS[view].show(request, form=form, status=status, **context)


async def find_link(request: Request[Visit], key: str) -> Link | None:
    """Ask the backend about a link, by its token or handle."""
    return await request.state["api"].as_registrant().find_link(key) if key else None


def is_open(link: OpenedLink) -> bool:
    """Whether the link brought what its action needs."""
    is_known = link["action"] in (*LOGIN_ACTIONS, "reset-pwd", "undo-email", DELETE_ACCOUNT, *FACTOR_ACTIONS)
    return is_known and link["status"] == "200" and bool(link["token"])


async def _show_open(request: Request[Visit], link: OpenedLink, found: Link | None) -> Response:
    if found and found.notice and not found.is_disowned:
        return await show_view(request, "notice", link, found)
    if link["action"] in ("undo-email", DELETE_ACCOUNT):
        return await show_view(request, link["action"], link, found)
    if link["action"] in FACTOR_ACTIONS:
        return await show_view(request, link["action"], link, found, form=RemovalForm())
    if link["action"] == "reset-pwd":
        return await show_view(request, "new-password", link, found, form=make_password_form(request))
    if found and found.is_elsewhere:
        form = make_confirm_form(request, drafts.restore_draft(request))
        page = await show_view(request, "confirm-with-password", link, found, form=form)
        return drafts.clear_draft(request, page)
    return await show_view(request, "confirm" if link["action"] == "email-confirm" else "log-in", link, found)


async def _show_failure(request: Request[Visit], link: OpenedLink, found: Link | None) -> Response:
    """Say why the link no longer works, by action and code, always with a way out."""
    action, state = link["action"], found.state if found else STATES.get(link["code"], "unknown")
    user = request.state["user"]
    if found and state == "used" and isinstance(user, User) and user.email == found.email and action in LOGIN_ACTIONS:
        return redirect(request, to=AFTER_LOGIN)  # the second click of a double click
    if state == "used" and has_begun_with(request, link=link["handle"]):
        return redirect(request, to=SECOND_STEP)  # by the first click of a double click, or Back from there
    if action == "email-confirm" and state == "used":
        return await show_view(request, "confirmed", link, found)
    if action == "change-email" and state == "used" and found and found.is_in_force:
        return await show_view(request, "email-changed", link, found)
    form = EmailForm({"email": found.email} if found else {})
    if action == "change-email" and found and (state == "used" or link["code"] == "email_already_exists"):
        return await show_view(request, "email-not-changed", link, found, status=410)
    return await show_view(request, _choose_failure_view(action, state), link, found, form=form, status=410)


def _choose_failure_view(action: str, state: str) -> str:
    """Choose by the state, which may be any: a link that was just refused can be described as valid a moment later."""
    if action.startswith("oauth-"):
        return "refused"
    if action in ("undo-email", DELETE_ACCOUNT):
        return f"{action}-ended"
    if action in FACTOR_ACTIONS:
        return "factors-ended"
    return state if state in ("used", "expired") else "unknown"


async def _show_changed(request: Request[Visit], link: OpenedLink) -> Response:
    """Tell of a changed address only who brings the handle of its link, or is signed in and has just changed it."""
    found = await find_link(request, link["ref"])
    if found and found.action == "change-email":
        is_changed = found.is_in_force
    else:
        found, is_changed = None, await _has_changed_email(request)
    return await show_view(request, "email-changed" if is_changed else "nothing", link, found)


async def _has_changed_email(request: Request[Visit]) -> bool:
    return isinstance(request.state["user"], User) and await request.state["api"].has_changed_email()


def _redirect_without_secrets(request: Request[Visit], link: OpenedLink) -> Response:
    response = save_link(request, redirect(request, to=HERE), link)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_for_other(request: Request[Visit], found: Link | None) -> bool:
    user = request.state["user"]
    return isinstance(user, User) and not (found and found.email and found.email == user.email)
