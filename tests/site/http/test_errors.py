"""What is no page of ours, and what is not asked for by a page of ours."""

import httpx

from tests.kit import inspection
from tests.kit.people import ADA, is_signed_in, joins
from tests.kit.visitor import Visitor

GUEST_FORMS = ["/register", "/register/again", "/login", "/login-with-magic-link"]
LINK_FORMS = ["/auth-redirect", "/auth-redirect/disown", "/auth-redirect/again", "/logout", "/language"]
PROFILE_FORMS = ["/profile/name", "/profile/avatar", "/profile/avatar/remove"]
SESSION_FORMS = ["/profile/sessions/others", "/profile/sessions/0123456789abcdef"]
POSTS = [*GUEST_FORMS, *LINK_FORMS, *PROFILE_FORMS, *SESSION_FORMS]
NOWHERE = ["/nothing", "/profile/nothing", "/%00", "/\u00fc", "/_api/rest/v1/auth/user"]
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8000"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


async def test_an_address_that_leads_nowhere_says_so(visitor: Visitor) -> None:
    for path in NOWHERE:
        await visitor.opens(path)
        assert (visitor.status, visitor.heading) == (404, "Page not found"), path
        assert visitor.sees("If you contact support, quote this code:")
        await visitor.follows("Go to the home page")
        assert visitor.path == "/"


async def test_from_nowhere_the_main_way_leads_where_each_wants_to_go(visitor: Visitor) -> None:
    await visitor.opens("/nothing")
    assert [link.name() for link in visitor.html.all("a.main")] == ["Log in"]
    await visitor.follows("Log in", within="#main")
    assert visitor.path == "/login"
    await joins(visitor, ADA)
    await visitor.opens("/nothing")
    assert [link.name() for link in visitor.html.all("a.main")] == ["Go to your profile"]
    assert "Go to the home page" not in [link.name for link in visitor.links()], "it is the same"
    await visitor.follows("Go to your profile")
    assert visitor.who == ADA.name


async def test_a_page_that_only_reads_says_so_to_who_posts(plain: httpx.AsyncClient) -> None:
    for path in ("/", "/profile", "/login-with-magic-link/sent"):
        response = await plain.post(path, headers={"Sec-Fetch-Site": "same-origin"})
        page = inspection.inspect_page(response.text)
        assert (response.status_code, "GET" in response.headers["Allow"]) == (405, True), path
        assert "This page can’t be used that way" in page.text()


async def test_every_form_has_a_page_of_its_own(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in POSTS:
        await visitor.opens(path)
        assert visitor.status == 200, path


async def test_what_another_site_sends_is_refused_on_a_readable_page(
    visitor: Visitor, plain: httpx.AsyncClient
) -> None:
    await joins(visitor, ADA)
    plain.cookies = visitor.http.cookies
    for path in POSTS:
        for headers in ELSEWHERE:
            response = await plain.post(path, headers=headers, data={"name": "Sent by evil", "email": "e@example.com"})
            inspection.inspect_response(response)
            page = inspection.inspect_page(response.text)
            assert response.status_code == 403, (path, headers)
            assert "This was sent from another site" in page.text()
            assert "Sent by evil" not in response.text
            assert [link.get("href") for link in page.all("a.main")] == [path]
    assert await is_signed_in(visitor)
    await visitor.opens("/profile")
    assert visitor.who == ADA.name


async def test_a_message_that_is_not_the_form_leaves_the_form_alone(visitor: Visitor) -> None:
    """Sent with more than a form of ours can hold."""
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.submits("Save", name="n" * 20_000)

    assert visitor.status == 413
    assert visitor.sees("You’ve entered too much text.")
    if visitor.javascript:
        assert visitor.response.headers["HX-Retarget"] == "#status"
        assert (visitor.field("name"), visitor.focused) == ("n" * 20_000, "save-name")
        await visitor.submits("Save", name="Shorter")
        assert (visitor.status_message, visitor.who) == ("Name saved. You can undo this.", "Shorter")
    else:
        await visitor.follows("Back to the form")
        assert visitor.field("name") == ADA.name
