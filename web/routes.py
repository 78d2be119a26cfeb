"""The route table: path, guards, handler. Every path that takes a POST answers GET with a page holding its form."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.api.capabilities import Feature
from web.guards import Guarded, everyone, guests_only, offered, signed_in, with_sms
from web.http.page_cache import Identify
from web.pages.about import accessibility
from web.pages.codes import code
from web.pages.data import delete, export, leave, stay
from web.pages.email import change as email_change
from web.pages.email import pending
from web.pages.email.polling import answer_ended
from web.pages.entry import home, login, logout, magic_link, register
from web.pages.history import disown as history_disown
from web.pages.history import end as history_end
from web.pages.history import list as history
from web.pages.identities import connect as identity_connect
from web.pages.identities import list as identity_list
from web.pages.identities import remove as identity_remove
from web.pages.links import disown as link_disown
from web.pages.links import landing, resend, use
from web.pages.lost_factors import ask as lost_factors
from web.pages.lost_factors import keep as lost_factors_keep
from web.pages.operations import health, icons
from web.pages.passkeys import list as passkey_list
from web.pages.passkeys import log_in as passkey_login
from web.pages.passkeys import name as passkey_name
from web.pages.passkeys import options as passkey_options
from web.pages.passkeys import remove as passkey_remove
from web.pages.passkeys import well_known
from web.pages.password import change, forgotten
from web.pages.phone import change as phone_change
from web.pages.phone import log_in as phone_login
from web.pages.phone import pending as phone_pending
from web.pages.phone import remove as phone_remove
from web.pages.preferences import locale
from web.pages.preferences import rows as locale_rows
from web.pages.profile import photo, profile
from web.pages.providers import address as provider_address
from web.pages.providers import log_in as provider_login
from web.pages.providers import sent as provider_sent
from web.pages.reauthentication import confirm
from web.pages.recovery_codes import codes as recovery_codes
from web.pages.recovery_codes import download as recovery_codes_download
from web.pages.security import overview
from web.pages.sessions import end, label
from web.pages.sessions import list as session_list
from web.pages.two_step import off, remove, second_step, set_up
from web.session import identify_browser, remember_registrant
from web.state import Visit


@dataclass(frozen=True)
class Endpoint:
    """What answers at one path: `show` a GET, `submit` a POST, where there is a form. With a `feature` both are a 404
    where the backend does not have it."""

    show: Guarded
    submit: Guarded | None = None
    feature: Feature | None = None

    async def answer(self, request: Request[Visit]) -> Response:
        """Return the response of the handler for the request's method, or of its guards."""
        guarded = self.submit if self.submit and request.method == "POST" else self.show
        if self.feature:
            guarded = offered(self.feature, guarded)
        return await guarded.answer(request)


def page(path: str, show: Guarded, *, feature: Feature | None = None) -> Route:
    """Make the route of a page without a form of its own."""
    return Route(path, Endpoint(show, feature=feature).answer, methods=["GET"])


def form(path: str, show: Guarded, submit: Guarded, *, feature: Feature | None = None) -> Route:
    """Make the route of a form: GET shows it, POST takes it."""
    return Route(path, Endpoint(show, submit, feature).answer, methods=["GET", "POST"])


pages: list[Route] = [
    page("/profile", signed_in(profile.show, first=(answer_ended,))),
    page("/", guests_only(home.show)),
    form("/register", guests_only(register.show), everyone(register.submit)),
    form("/register/again", everyone(register.show_again), everyone(register.send_again)),
    form("/login", guests_only(login.show), everyone(login.submit)),
    form("/login/passkey", guests_only(passkey_login.show), everyone(passkey_login.submit), feature="account.passkeys"),
    form(
        "/passkeys/options",
        everyone(passkey_options.show),
        everyone(passkey_options.submit),
        feature="account.passkeys",
    ),
    form("/login/second-step", everyone(second_step.show), everyone(second_step.submit), feature="account.factors"),
    form(
        "/login/with/{provider}",
        everyone(provider_login.show),
        everyone(provider_login.submit),
        feature="account.identities",
    ),
    form("/login-with-magic-link", guests_only(magic_link.show), everyone(magic_link.submit)),
    page("/login-with-magic-link/sent", everyone(magic_link.show_sent)),
    form(
        "/login-with-code",
        with_sms(guests_only(phone_login.show)),
        with_sms(everyone(phone_login.submit)),
        feature="account.phone",
    ),
    form("/forgot-password", everyone(forgotten.show), everyone(forgotten.submit)),
    page("/forgot-password/sent", everyone(forgotten.show_sent)),
    form("/code", everyone(code.show), everyone(code.submit), feature="account.codes"),
    form("/auth-redirect", everyone(landing.show), everyone(use.submit)),
    form("/auth-redirect/again", everyone(resend.show), everyone(resend.submit), feature="links.resend"),
    form("/auth-redirect/disown", everyone(link_disown.show), everyone(link_disown.submit), feature="links.disown"),
    form(
        "/auth-redirect/address",
        everyone(provider_address.show),
        everyone(provider_address.submit),
        feature="account.identities",
    ),
    page("/auth-redirect/sent", everyone(provider_sent.show), feature="account.identities"),
    form("/logout", everyone(logout.show), everyone(logout.submit)),
    form("/language", everyone(locale.show), everyone(locale.submit)),
    page("/accessibility", everyone(accessibility.show)),
    form("/profile/name", signed_in(profile.show_name), signed_in(profile.rename, shortcut=profile.save_name)),
    form("/profile/email", signed_in(email_change.show, first=(answer_ended,)), signed_in(email_change.submit)),
    form("/profile/email/code", signed_in(pending.show), signed_in(pending.use_code), feature="emails.codes"),
    form("/profile/email/cancel", signed_in(pending.show), signed_in(pending.cancel), feature="emails.pending"),
    form("/profile/email/again", signed_in(pending.show), signed_in(pending.send_again), feature="emails.pending"),
    form("/profile/phone", signed_in(phone_change.show), signed_in(phone_change.submit), feature="account.phone"),
    form(
        "/profile/phone/again",
        signed_in(phone_pending.show),
        signed_in(phone_pending.send_again),
        feature="account.phone",
    ),
    form(
        "/profile/phone/cancel", signed_in(phone_pending.show), signed_in(phone_pending.cancel), feature="account.phone"
    ),
    form(
        "/profile/phone/remove", signed_in(phone_remove.show), signed_in(phone_remove.submit), feature="account.phone"
    ),
    form("/profile/password", signed_in(change.show), signed_in(change.submit)),
    form(
        "/confirm",
        signed_in(confirm.show, while_leaving=True),
        signed_in(confirm.submit, while_leaving=True),
        feature="account.confirm",
    ),
    page("/profile/security", signed_in(overview.show), feature="account.factors"),
    form("/profile/two-step", signed_in(set_up.show), signed_in(set_up.submit), feature="account.factors"),
    form("/profile/two-step/off", signed_in(off.show), signed_in(off.submit), feature="account.factors"),
    form("/profile/two-step/remove", signed_in(remove.show), signed_in(remove.submit), feature="account.factors"),
    form("/profile/language", signed_in(locale_rows.show_language), signed_in(locale_rows.change_language)),
    form("/profile/time-zone", signed_in(locale_rows.show_zone), signed_in(locale_rows.change_zone)),
    form("/profile/avatar", signed_in(photo.show), signed_in(photo.change)),
    form("/profile/avatar/remove", signed_in(photo.show_remove), signed_in(photo.remove)),
    page("/profile/sessions", signed_in(session_list.show)),
    page("/profile/history", signed_in(history.show), feature="account.events"),
    form(
        "/profile/history/{id}/log-out",
        signed_in(history_end.show),
        signed_in(history_end.submit),
        feature="events.disown",
    ),
    form(
        "/profile/history/{id}/disown",
        signed_in(history_disown.show),
        signed_in(history_disown.submit),
        feature="events.disown",
    ),
    form("/profile/passkeys", signed_in(passkey_list.show), signed_in(passkey_list.submit), feature="account.passkeys"),
    form(
        "/profile/passkeys/{id}/name",
        signed_in(passkey_name.show),
        signed_in(passkey_name.submit),
        feature="account.passkeys",
    ),
    form(
        "/profile/passkeys/{id}/remove",
        signed_in(passkey_remove.show),
        signed_in(passkey_remove.submit),
        feature="account.passkeys",
    ),
    page("/profile/connected", signed_in(identity_list.show), feature="account.identities"),
    form(
        "/profile/connected/{provider}",
        signed_in(identity_connect.show),
        signed_in(identity_connect.submit),
        feature="account.identities",
    ),
    form(
        "/profile/connected/{id}/remove",
        signed_in(identity_remove.show),
        signed_in(identity_remove.submit),
        feature="account.identities",
    ),
    page("/profile/data", signed_in(export.show), feature="account.export"),
    page("/profile/data/export", signed_in(export.download, while_leaving=True), feature="account.export"),
    form(
        "/profile/leave",
        signed_in(leave.show),
        signed_in(leave.submit, shortcut=leave.leave_at_once),
        feature="account.leave",
    ),
    form(
        "/profile/leave/cancel",
        signed_in(stay.show, while_leaving=True),
        signed_in(stay.keep, while_leaving=True),
        feature="account.leave",
    ),
    form(
        "/profile/leave/now",
        signed_in(stay.show, while_leaving=True),
        signed_in(delete.ask, while_leaving=True),
        feature="leave.now",
    ),
    form(
        "/profile/leave/now/code",
        signed_in(delete.show, while_leaving=True),
        signed_in(delete.submit, shortcut=delete.delete_at_once, while_leaving=True),
        feature="leave.now",
    ),
    form(
        "/profile/recovery-codes",
        signed_in(recovery_codes.show),
        signed_in(recovery_codes.make),
        feature="account.recovery-codes",
    ),
    form(
        "/profile/recovery-codes/confirm",
        signed_in(recovery_codes.show),
        signed_in(recovery_codes.keep),
        feature="account.recovery-codes",
    ),
    page(
        "/profile/recovery-codes.txt",
        signed_in(recovery_codes_download.download),
        feature="account.recovery-codes",
    ),
    form(
        "/login/lost-factor", everyone(lost_factors.show), everyone(lost_factors.submit), feature="account.lost-factors"
    ),
    form(
        "/profile/lost-factor",
        signed_in(lost_factors_keep.show),
        signed_in(lost_factors_keep.submit),
        feature="account.lost-factors",
    ),
    form("/profile/sessions/others", signed_in(end.show_others), signed_in(end.end_others)),
    form("/profile/sessions/{id}", signed_in(end.show), signed_in(end.submit)),
    form("/profile/sessions/{id}/label", signed_in(label.show), signed_in(label.submit), feature="sessions.label"),
]

# Pages whose newest sessions are asked for together with the user, and how many of them.
sessions_shown = {"/profile": session_list.NEWEST, "/profile/sessions": session_list.PAGE}

# Forms with a shortcut, whose call to the backend also says who it is.
self_asking = frozenset({"/profile/name", "/profile/leave", "/profile/leave/now/code"})

# Outside CurrentUser, which calls the backend: the same for everybody, and two of them report the backend's health.
public_routes: list[Route] = [
    page("/healthz", everyone(health.show_liveness)),
    page("/readyz", everyone(health.show_readiness)),
    page("/logged-out.svg", everyone(logout.clear_cache)),
    page("/.well-known/change-password", everyone(change.redirect_well_known)),
    page("/.well-known/passkey-endpoints", everyone(well_known.show)),
    page("/favicon.ico", everyone(icons.show_ico)),
    page("/apple-touch-icon.png", everyone(icons.show_touch_icon)),
]

# The same for all guests while nothing is typed, and therefore cached: see web/http/page_cache.py. Each has what its
# handler does to recognize the browser later.
guest_pages: Mapping[str, Identify] = {
    "/": lambda _request, _page: None,
    "/login": identify_browser,
    "/login-with-magic-link": identify_browser,
    "/forgot-password": identify_browser,
    "/register": remember_registrant,
}
