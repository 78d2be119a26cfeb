"""The route table: path, who may enter, handler. Every path that takes a POST answers GET with a page of its form."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from web.pages.entry import home, login, logout, magic_link, register
from web.pages.links import landing
from web.pages.operations import health
from web.pages.preferences import locale
from web.pages.profile import profile
from web.pages.sessions import sessions
from web.session import everyone, guarded, guests_only, signed_in
from web.state import Handler, Visit


def form(path: str, show: Handler, submit: Handler) -> BaseRoute:
    """One path for a form: GET shows it, POST takes it."""

    async def by_method(request: Request[Visit]) -> Response:
        return await (submit if request.method == "POST" else show)(request)

    return Route(path, guarded(by_method, show, submit), methods=["GET", "POST"])


pages: list[BaseRoute] = [
    Route("/profile", signed_in(profile.show)),  # the first is found fastest, and this page is asked for most
    Route("/", guests_only(home.show)),
    form("/register", guests_only(register.show), everyone(register.submit)),
    form("/register/again", everyone(register.show_again), everyone(register.send_again)),
    form("/login", guests_only(login.show), everyone(login.submit)),
    form("/login-with-magic-link", guests_only(magic_link.show), everyone(magic_link.submit)),
    Route("/login-with-magic-link/sent", everyone(magic_link.show_sent)),
    form("/auth-redirect", everyone(landing.show), everyone(landing.submit)),
    form("/auth-redirect/again", everyone(landing.show_again), everyone(landing.send_again)),
    form("/auth-redirect/disown", everyone(landing.show_disown), everyone(landing.disown)),
    form("/logout", everyone(logout.show), everyone(logout.submit)),
    form("/language", everyone(locale.show), everyone(locale.submit)),
    form("/profile/name", signed_in(profile.show_name), signed_in(profile.rename)),
    form("/profile/avatar", signed_in(profile.show_photo), signed_in(profile.change_photo)),
    form("/profile/avatar/remove", signed_in(profile.show_remove_photo), signed_in(profile.remove_photo)),
    form("/profile/sessions/others", signed_in(sessions.show_others), signed_in(sessions.end_others)),
    form("/profile/sessions/{id}", signed_in(sessions.show), signed_in(sessions.end)),
    form("/profile/sessions/{id}/label", signed_in(sessions.show_label), signed_in(sessions.label)),
]

# Outside the middleware that asks who it is: these are the same for all, and two of them tell of the backend's health.
public_routes: list[BaseRoute] = [
    Route("/healthz", everyone(health.lives)),
    Route("/readyz", everyone(health.ready)),
    Route("/logged-out.svg", everyone(logout.clear_cache)),
]
