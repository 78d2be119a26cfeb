"""The route table: path, guards, handler. Every path that takes a POST answers GET with a page holding its form."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.guards import Guarded, everyone, guests_only, signed_in
from web.pages.entry import home, login, logout, magic_link, register
from web.pages.links import landing
from web.pages.operations import health
from web.pages.preferences import locale
from web.pages.profile import profile
from web.pages.sessions import sessions
from web.state import Visit


@dataclass(frozen=True)
class Endpoint:
    """What answers at one path: `show` a GET, `submit` a POST, where there is a form."""

    show: Guarded
    submit: Guarded | None = None

    async def answer(self, request: Request[Visit]) -> Response:
        """Return the response of the handler for the request's method, or of its guards."""
        guarded = self.submit if self.submit and request.method == "POST" else self.show
        return await guarded.answer(request)


def page(path: str, show: Guarded) -> Route:
    """Make the route of a page without a form of its own."""
    return Route(path, Endpoint(show).answer, methods=["GET"])


def form(path: str, show: Guarded, submit: Guarded) -> Route:
    """Make the route of a form: GET shows it, POST takes it."""
    return Route(path, Endpoint(show, submit).answer, methods=["GET", "POST"])


pages: list[Route] = [
    page("/profile", signed_in(profile.show)),  # the first is found fastest, and this page is asked for most
    page("/", guests_only(home.show)),
    form("/register", guests_only(register.show), everyone(register.submit)),
    form("/register/again", everyone(register.show_again), everyone(register.send_again)),
    form("/login", guests_only(login.show), everyone(login.submit)),
    form("/login-with-magic-link", guests_only(magic_link.show), everyone(magic_link.submit)),
    page("/login-with-magic-link/sent", everyone(magic_link.show_sent)),
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

# Outside CurrentUser, which calls the backend: the same for everybody, and two of them report the backend's health.
public_routes: list[Route] = [
    page("/healthz", everyone(health.lives)),
    page("/readyz", everyone(health.ready)),
    page("/logged-out.svg", everyone(logout.clear_cache)),
]
