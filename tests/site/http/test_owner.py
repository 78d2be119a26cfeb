"""A page that was left open while somebody else logged in: nothing that is sent from it happens to them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from tests.kit import mailbox
from tests.kit.people import (
    ADA,
    GRACE,
    LOGIN_LINK,
    asks_for_a_link,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    sends_photo,
)
from tests.kit.photo_files import photo
from tests.kit.site_forms import PROVIDER
from tests.kit.visitor import Visitor
from web.routes import pages

ROOT = Path(__file__).resolve().parents[3]
SWAPPED = f"This page belongs to {ADA.email}. You’re logged in as {GRACE.email} now."


async def both_join(visitor: Visitor) -> None:
    await joins(visitor, GRACE)
    await logs_out(visitor)
    await joins(visitor, ADA)


async def grace_logs_in(visitor: Visitor) -> None:
    """In another tab of the browser; the page of the first one stays."""
    tab = mailbox.another_tab(visitor)
    await logs_out(tab)
    await logs_in(tab, GRACE)


async def name_now(visitor: Visitor) -> str:
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile")
    return tab.who


async def test_a_name_typed_on_adas_page_is_not_given_to_grace(visitor: Visitor) -> None:
    await both_join(visitor)
    await visitor.opens("/profile")
    await visitor.follows("Change name")
    await grace_logs_in(visitor)
    await visitor.submits("Save", name="Countess")
    assert visitor.status == 409
    assert visitor.sees(SWAPPED)
    assert await name_now(visitor) == GRACE.name
    await visitor.follows("Go to your profile")
    assert visitor.who == GRACE.name


async def test_what_ada_typed_waits_for_her(visitor: Visitor) -> None:
    """htmx leaves the form as it stands; without it the way on leads back to it, and to nobody else."""
    await both_join(visitor)
    await visitor.opens("/profile")
    await visitor.follows("Change name")
    await grace_logs_in(visitor)
    await visitor.submits("Save", name="Countess")
    if visitor.javascript:
        assert visitor.field("name") == "Countess"
        return
    refused = mailbox.another_tab(visitor)
    await refused.opens("/profile/name")
    assert refused.field("name") == GRACE.name
    await visitor.follows("Log in as someone else")
    assert visitor.sees(f"You’re logged in as {GRACE.email}.")
    await visitor.submits("Log out and log in", email=ADA.email, password=ADA.password)
    assert visitor.path == "/profile/name"
    assert visitor.field("name") == "Countess"


async def test_a_photo_chosen_on_adas_page_does_not_become_graces(visitor: Visitor) -> None:
    await both_join(visitor)
    await visitor.opens("/profile" if visitor.javascript else "/profile/avatar")
    await grace_logs_in(visitor)
    await sends_photo(visitor, photo())
    assert visitor.status == 409
    assert visitor.sees(SWAPPED)
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile/avatar")
    assert "Upload photo" in tab.buttons()


async def test_a_log_out_on_adas_page_leaves_grace_logged_in(visitor: Visitor) -> None:
    await both_join(visitor)
    await visitor.opens("/profile")
    await grace_logs_in(visitor)
    await visitor.submits("Log out", within="header")
    assert visitor.sees(SWAPPED)
    assert await name_now(visitor) == GRACE.name


async def test_graces_form_is_not_put_into_adas_page(visitor: Visitor) -> None:
    await both_join(visitor)
    await visitor.opens("/profile")
    await grace_logs_in(visitor)
    await visitor.follows("Change name")
    assert visitor.path == "/profile/name"
    assert visitor.html.find("body[data-whose]")
    assert visitor.field("name") == GRACE.name


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """With all changes that there can be."""
    environ["PHONE_SIGN_UP"] = "on"
    return environ


CHANGES = sorted(
    route.path
    for route in pages
    if isinstance(route, Route) and "POST" in (route.methods or ()) and route.path.startswith(("/profile", "/logout"))
)


@pytest.fixture
def offered(environ: dict[str, str]) -> None:
    environ |= PROVIDER


@pytest.mark.usefixtures("offered")
async def test_every_change_is_refused_on_the_page_of_another(plain: httpx.AsyncClient) -> None:
    visitor = Visitor(plain)
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    row = next(element.id.removeprefix("session-") for element in visitor.html.all("li[id]"))
    typed = {"whose": "0123456789abcdef01234567 mallory@example.com", "name": "x", "label": "x", "language": "de"}
    for path in (*CHANGES, "/language"):
        answer = await plain.post(path.format(id=row, provider="github"), data=typed)
        assert answer.status_code == 409, path
        assert "This page belongs to mallory@example.com." in answer.text, path
        await visitor.opens("/profile")
        assert visitor.who == ADA.name, path


async def test_a_form_that_names_nobody_is_taken(plain: httpx.AsyncClient) -> None:
    """Of clients that are no page of ours."""
    await joins(Visitor(plain), ADA)
    assert (await plain.post("/profile/name", data={"name": "Countess"})).status_code == 303
    assert (await plain.post("/profile/name", data={"name": "Ada", "whose": ""})).status_code == 303


def test_every_form_that_posts_names_its_owner() -> None:
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("partials/**/*.html")]
    forms = [(path, form) for path in templates for form in find_forms(path) if 'method="post"' in form]
    assert [f"{path}: {form[:80]}" for path, form in forms if not re.search(r"name=.whose.", form)] == []


def find_forms(template: Path) -> list[str]:
    return [part.partition("</form>")[0] for part in template.read_text("utf-8").split("<form")[1:]]


async def test_the_log_in_of_somebody_else_asks_first(visitor: Visitor) -> None:
    await both_join(visitor)
    await logs_out(visitor)
    await visitor.opens("/login?next=/profile/name")
    tab = mailbox.another_tab(visitor)
    await logs_in(tab, GRACE)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password="not her password at all")
    assert visitor.status == 409
    assert visitor.sees(f"You’re logged in as {GRACE.email}.")
    assert (visitor.field("email"), visitor.field("password")) == (ADA.email, "")
    assert await name_now(visitor) == GRACE.name
    await visitor.submits("Log out and log in", password="not her password at all")
    assert visitor.sees("Email address or password is incorrect.")
    await visitor.submits("Log out and log in", password=ADA.password)
    assert visitor.path == "/profile/name"
    assert await name_now(visitor) == ADA.name


async def test_who_is_logged_in_already_may_stay(visitor: Visitor) -> None:
    await both_join(visitor)
    await logs_out(visitor)
    await visitor.opens("/login")
    await logs_in(mailbox.another_tab(visitor), GRACE)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    await visitor.follows(f"Stay logged in as {GRACE.email}")
    assert visitor.who == GRACE.name


async def test_the_same_address_goes_on_and_no_password_is_looked_at(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login?next=/profile/name")
    await logs_in(mailbox.another_tab(visitor), ADA)
    await visitor.submits("Log in", within="#login-form", email=ADA.email.upper(), password="anything")
    assert visitor.path == "/profile/name"


async def test_a_registration_while_somebody_is_logged_in_asks_first(visitor: Visitor) -> None:
    await visitor.opens("/register")
    await joins(mailbox.another_tab(visitor), GRACE)
    await visitor.submits("Create account", email=ADA.email, name=ADA.name, password=ADA.password)
    assert visitor.status == 409
    assert visitor.sees(f"You’re logged in as {GRACE.email}.")
    assert (visitor.field("email"), visitor.field("name")) == (ADA.email, ADA.name)
    assert not await mailbox.list_paths(visitor, to=ADA.email)
    await visitor.submits("Create account", password=ADA.password)
    assert visitor.heading == "Check your email"


async def test_a_login_link_asked_for_while_somebody_is_logged_in_asks_first(visitor: Visitor) -> None:
    await both_join(visitor)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link")
    await logs_in(mailbox.another_tab(visitor), GRACE)
    await visitor.submits("Email me a login link", email=ADA.email)
    assert visitor.status == 409
    await visitor.submits("Email me a login link")
    assert visitor.heading == "Check your email"
    assert visitor.path == "/login-with-magic-link/sent"


async def test_the_other_ways_in_know_of_it_too(visitor: Visitor) -> None:
    await joins(visitor, GRACE)
    await visitor.opens("/login?switch=yes&next=/profile/name")
    await visitor.follows("Create account", within="main")
    assert visitor.sees(f"You’re logged in as {GRACE.email}.")
    await visitor.follows("Log in", within="main")
    assert visitor.path == "/login"


async def test_the_button_of_a_link_asks_first_too(visitor: Visitor) -> None:
    await both_join(visitor)
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await logs_in(mailbox.another_tab(visitor), GRACE)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/auth-redirect"
    assert visitor.sees(
        f"You’re logged in as {GRACE.email}. If you continue, that account will be logged out in this browser."
    )
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.who == ADA.name


@pytest.mark.parametrize("path", ["//evil.example/login", "/\\evil.example/login", "/%09/evil.example", "/%0a/evil"])
async def test_the_way_back_of_a_refusal_is_a_path_of_ours(plain: httpx.AsyncClient, path: str) -> None:
    request = plain.build_request("POST", "/", headers={"Sec-Fetch-Site": "cross-site"})
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await plain.send(request)
    assert answer.status_code == 403
    assert "Back to the form" not in answer.text
    assert 'href="//' not in answer.text
    assert 'href="/\\' not in answer.text
