"""The route table: path, who may enter, handler. Every path that takes a POST answers GET with a page of its form."""

from starlette.routing import BaseRoute, Route

from web.pages import auth_redirect, health, home, login, logout, magic_link, profile, register, sessions
from web.session import everyone, guests_only, signed_in
from web.state import Handler


def both(path: str, show: Handler, submit: Handler) -> list[BaseRoute]:
    return [Route(path, show, methods=["GET"]), Route(path, submit, methods=["POST"])]


pages: list[BaseRoute] = [
    Route("/", guests_only(home.show)),
    *both("/register", guests_only(register.show), guests_only(register.submit)),
    *both("/register/again", guests_only(register.show_again), guests_only(register.send_again)),
    *both("/login", guests_only(login.show), guests_only(login.submit)),
    *both("/login-with-magic-link", guests_only(magic_link.show), guests_only(magic_link.submit)),
    Route("/login-with-magic-link/sent", guests_only(magic_link.show_sent)),
    *both("/auth-redirect", everyone(auth_redirect.show), everyone(auth_redirect.submit)),
    *both("/auth-redirect/again", everyone(auth_redirect.show_again), everyone(auth_redirect.send_again)),
    *both("/auth-redirect/disown", everyone(auth_redirect.show_disown), everyone(auth_redirect.disown)),
    *both("/logout", everyone(logout.show), everyone(logout.submit)),
    Route("/profile", signed_in(profile.show)),
    *both("/profile/name", signed_in(profile.show_name), signed_in(profile.rename)),
    *both("/profile/avatar", signed_in(profile.show_photo), signed_in(profile.change_photo)),
    *both("/profile/avatar/remove", signed_in(profile.show_remove_photo), signed_in(profile.remove_photo)),
    *both("/profile/sessions/others", signed_in(sessions.show_others), signed_in(sessions.end_others)),
    *both("/profile/sessions/{id}", signed_in(sessions.show), signed_in(sessions.end)),
]

# Outside the middleware that asks who it is: these are the same for all, and two of them tell of the backend's health.
for_all: list[BaseRoute] = [
    Route("/healthz", everyone(health.lives)),
    Route("/readyz", everyone(health.ready)),
    Route("/logged-out.svg", everyone(logout.clear_cache)),
]
