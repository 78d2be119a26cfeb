"""Every route has a guard, and every form a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router

from web.app import PathRouter
from web.asgi import create
from web.guards import Guarded
from web.http.security import SecurityHeaders
from web.routes import Endpoint, pages, public_routes, self_asking


def all_routes() -> list[Route]:
    return [*pages, *public_routes]


def named(route: Route) -> str:
    return f"{','.join(sorted(route.methods or {'*'}))} {route.path}"


def test_no_route_is_without_a_guard() -> None:
    assert [named(route) for route in all_routes() if not is_guarded(route)] == []


def is_guarded(route: Route) -> bool:
    """Whether the route answers GET, and POST where it takes one, through guards alone."""
    endpoint = getattr(route.endpoint, "__self__", None)
    return isinstance(endpoint, Endpoint) and all(
        isinstance(each, Guarded) for each in (endpoint.show, endpoint.submit or endpoint.show)
    )


def test_no_route_of_the_whole_application_is_without_a_guard(tmp_path: Path) -> None:
    site = create({"DATA_DIR": str(tmp_path)})
    assert isinstance(site, SecurityHeaders)
    assert isinstance(site.app, Starlette)
    served = list(everything_below(site.app.router))
    assert {route.path for route in all_routes()} < {route.path for route in served}
    assert all(is_guarded(route) for route in served)


def everything_below(router: object) -> Iterator[Route]:
    assert isinstance(router, Router), f"{router} is no router"
    for route in router.routes:
        assert isinstance(route, Route | Mount), f"{route} is neither a route nor a mount of routes"
        yield from [route] if isinstance(route, Route) else everything_below(route.app)
    if isinstance(router, PathRouter):
        yield from router.fixed.values()
    if router.default != router.not_found:
        yield from everything_below(router.default)


def test_every_path_that_takes_a_post_answers_get() -> None:
    posted, shown = (
        {route.path for route in all_routes() if method in (route.methods or ())} for method in ("POST", "GET")
    )
    assert posted - shown == set()


def test_a_form_is_sent_unasked_where_it_has_a_shortcut_and_nowhere_else() -> None:
    endpoints = {route.path: getattr(route.endpoint, "__self__", None) for route in all_routes()}
    forms = {path: each.submit for path, each in endpoints.items() if isinstance(each, Endpoint) and each.submit}
    assert self_asking == {path for path, submit in forms.items() if submit.shortcut}
