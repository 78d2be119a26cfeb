"""The visitors themselves, on a site as small as can be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tests.kit import mailbox
from tests.kit.htmx_visitor import HtmxVisitor
from tests.kit.small_site import HEADERS, NAME, SITE, UPLOAD, Site, html, page
from tests.kit.visitor import Visitor


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url=SITE) as client:
        yield client


@pytest.fixture(params=[Visitor, HtmxVisitor], ids=["without-js", "with-htmx"])
def visitor(request: pytest.FixtureRequest, http: httpx.AsyncClient) -> Visitor:
    visitor: Visitor = request.param(http)
    return visitor


@pytest.fixture
def htmx(http: httpx.AsyncClient) -> HtmxVisitor:
    return HtmxVisitor(http)


async def test_a_change_reads_the_same_with_and_without_javascript(visitor: Visitor) -> None:
    await visitor.opens("/")
    await visitor.submits("Change name")
    assert visitor.focused == "n"
    await visitor.submits("Save", name="")
    assert (visitor.status, visitor.error("name"), visitor.field("name")) == (422, "Enter a name.", "")
    await visitor.submits("Save", name="Ada {{ <b> }}")

    assert visitor.sees("Hello, Ada {{ <b> }}")
    assert not visitor.has("n")
    assert (visitor.path, visitor.title, visitor.heading) == ("/", "Names", "A page")


async def test_htmx_puts_fragments_and_what_was_said_into_the_kept_page(site: Site, htmx: HtmxVisitor) -> None:
    await htmx.opens("/")
    await htmx.submits("Change name")
    sent = {name: value for name, value in site.last.headers.items() if name.startswith("hx-")}
    await htmx.submits("Save", name="Ada")

    assert sent == {
        "hx-request": "true",
        "hx-request-type": "partial",
        "hx-source": "form",
        "hx-target": "section#name",
        "hx-current-url": f"{SITE}/",
    }
    assert (htmx.status_message, htmx.focused) == ("Name saved.", "rename")
    assert htmx.sees("Hello, Ada")


async def test_hx_select_asks_for_the_page_and_takes_its_part(site: Site, htmx: HtmxVisitor) -> None:
    await htmx.opens("/name")
    await htmx.follows("Cancel")

    assert site.last.headers["hx-request-type"] == "full"
    assert htmx.sees("Hello, nobody")
    assert htmx.path == "/name"


async def test_a_form_is_sent_as_a_browser_sends_it(site: Site, visitor: Visitor) -> None:
    site.at["/up"] = lambda _: page(UPLOAD)
    await visitor.opens("/up")
    await visitor.submits("Send all", photo=('a"b.png', b"\x89PNG\r\n", "image/png"), words="three\nfour")

    assert site.requests[1].url.query == "old=1"
    assert [response.status_code for response in visitor.responses] == [303, 200]
    assert site.posted == [
        ("next", "/x"), ("photo", ('a%22b.png', b"\x89PNG\r\n", "image/png")),
        ("other", ("", b"", "application/octet-stream")), ("stay", "yes"), ("words", "three\r\nfour"),
        ("language", "de"), ("how", "all"),
    ]  # fmt: skip


async def test_a_button_may_lead_its_form_elsewhere(site: Site, visitor: Visitor) -> None:
    site.at |= {"/up": lambda _: page(UPLOAD), "/elsewhere": lambda _: RedirectResponse("/", 303)}
    await visitor.opens("/up")
    await visitor.submits("Send elsewhere", stay=False, language="English", next="/y")

    form = dict(site.posted)
    assert (form["next"], form["language"], "stay" in form, "how" in form) == ("/y", "en", False, False)


async def test_requests_look_like_a_browser_s(site: Site, visitor: Visitor) -> None:
    await visitor.opens("/name")
    opened = site.last.headers
    await visitor.submits("Save", name="")

    assert (opened["sec-fetch-site"], opened["sec-fetch-mode"]) == ("none", "navigate")
    assert opened["accept-language"] == "en"
    assert (site.last.headers["sec-fetch-site"], site.last.headers["origin"]) == ("same-origin", SITE)
    assert site.last.headers["sec-fetch-mode"] == ("same-origin" if visitor.javascript else "navigate")
    assert "referer" not in site.last.headers


async def test_equal_buttons_are_told_apart_by_what_stands_beside_them(site: Site, visitor: Visitor) -> None:
    row = '<li>Firefox on {0}<form method="post" action="/{0}"><button>Log <b>out</b></button></form></li>'
    site.at["/rows"] = lambda _: page(f"<ul>{row.format('Windows')}{row.format('Linux')}</ul>")
    site.at["/Linux"] = lambda _: RedirectResponse("/rows", 303)
    await visitor.opens("/rows")
    with pytest.raises(AssertionError, match="2 are called"):
        await visitor.submits("Log out")
    await visitor.submits("Log out", within="Firefox on Linux")

    assert site.requests[1].url.path == "/Linux"


async def test_a_field_that_is_not_there_cannot_be_filled(visitor: Visitor) -> None:
    await visitor.opens("/name")
    with pytest.raises(AssertionError, match="no field 'email'"):
        await visitor.submits("Save", email="ada@example.com")


async def test_after_a_native_post_no_page_is_left_that_posts_again(site: Site, http: httpx.AsyncClient) -> None:
    visitor = Visitor(http)
    site.at["/ok"] = lambda _: page('<form method="post" action="/ok"><button>Go</button></form>')
    await visitor.opens("/ok")
    with pytest.raises(AssertionError, match="would send it again"):
        await visitor.submits("Go")
    await visitor.submits("Go", in_place=True)


async def test_nobody_is_led_to_another_site(site: Site, visitor: Visitor) -> None:
    site.at["/away"] = lambda _: RedirectResponse("//evil.example/", 303)
    with pytest.raises(AssertionError, match="led away"):
        await visitor.opens("/away")


async def test_plain_text_is_read_but_not_inspected(site: Site, visitor: Visitor) -> None:
    site.at["/healthz"] = lambda _: PlainTextResponse("ok")
    await visitor.opens("/healthz")
    assert visitor.sees("ok")


async def test_htmx_navigates_where_it_is_told_to(site: Site, htmx: HtmxVisitor) -> None:
    await htmx.opens("/name")
    site.at["/name"] = lambda _: Response(status_code=204, headers={"HX-Redirect": "/?x=1"})
    await htmx.submits("Save", name="Ada")

    assert (htmx.path, htmx.query, htmx.status) == ("/", {"x": "1"}, 200)
    assert "hx-request" not in site.last.headers


async def test_an_error_that_is_not_the_form_leaves_form_and_focus_alone(site: Site, htmx: HtmxVisitor) -> None:
    await htmx.opens("/name")
    site.at["/name"] = lambda _: html("<p>Too large.</p>", 413, HX_Retarget="#status", HX_Reswap="innerHTML")
    await htmx.submits("Save", name="typed")

    assert (htmx.status_message, htmx.field("name"), htmx.focused) == ("Too large.", "typed", "save")


async def test_hx_status_outranks_the_headers_and_a_morph_keeps_what_was_typed(site: Site, htmx: HtmxVisitor) -> None:
    kept = '<form id="f" action="/s" method="post" hx-post="/s" hx-target="#status" hx-swap="innerHTML" hx-sync="this"'
    kept += """ hx-status:4xx="swap:outerMorph target:'#f'"><label>P <input id="p" name="p"></label><button id="b">"""
    site.at["/"] = lambda _: page(f"{kept}Go</button></form>")
    site.at["/s"] = lambda _: html(f"{kept}Again</button></form>", 422, HX_Retarget="#status")
    await htmx.opens("/")
    await htmx.submits("Go", p="typed")

    assert (htmx.buttons(), htmx.field("p"), htmx.status_message, htmx.focused) == (["Again"], "typed", "", "b")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (page(NAME.format(name="Ada", focus="")), "got a whole page"),
        (RedirectResponse("/", 303), "got a whole page"),  # fetch() follows it unseen
        (html('<section id="other"></section>'), "the id 'name' was expected"),
        (html(""), "the id 'name' was expected"),
        (html('<section id="name"><h1>Again</h1></section>'), "exactly one h1"),
        (html("<p>x</p>", HX_Retarget="#nowhere"), "'#nowhere' of .* is not on the page"),
    ],
    ids=["page", "redirect", "other-id", "empty", "second-h1", "no-target"],
)
async def test_a_wrong_answer_is_refused(site: Site, htmx: HtmxVisitor, answer: Response, complaint: str) -> None:
    await htmx.opens("/")
    site.at["/name"] = lambda _: answer
    with pytest.raises(AssertionError, match=complaint):
        await htmx.submits("Change name")


@pytest.mark.parametrize("name", HEADERS)
async def test_an_unsafe_header_is_noticed(site: Site, visitor: Visitor, name: str) -> None:
    response = page("")
    response.headers[name] = "'unsafe-inline'"
    site.at["/"] = lambda _: response
    with pytest.raises(AssertionError, match=name):
        await visitor.opens("/")


async def test_the_session_cookie_may_not_stand_in_a_page(site: Site, visitor: Visitor) -> None:
    visitor.http.cookies.set("session", "secret.signed", domain="127.0.0.1")
    site.at["/"] = lambda _: page("secret.signed")
    with pytest.raises(AssertionError, match="session cookie"):
        await visitor.opens("/")


async def test_the_newest_mail_is_read_in_another_tab(site: Site, visitor: Visitor) -> None:
    entry = '<li><a href="/outbox/{0}">Confirm your email address</a> to {1}</li>'
    listed = "".join(entry.format(at, f"{to}@example.com") for at, to in ((2, "grada"), (1, "ada"), (0, "ada")))
    link = f'<p>Open <a href="{SITE}/_auth/verify?key=k&amp;action=a">{SITE}/_auth/verify?key=k&amp;action=a</a></p>'
    site.at |= {"/outbox": lambda _: page(f"<ul>{listed}</ul>"), "/outbox/1": lambda _: page(link)}
    await visitor.opens("/name")
    mail = await mailbox.newest(visitor, to="ada@example.com", subject="Confirm")

    assert (mail.link, mail.path, visitor.path) == ("/_auth/verify?key=k&action=a", "/outbox/1", "/name")
    assert "Open" in mail.text


async def test_the_mail_server_keeps_what_it_is_given() -> None:
    with mailbox.SmtpServer() as smtp:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = (
            "a@example.com",
            "ada@example.com",
            "Confirm your email address",
        )
        message.set_content("Open http://127.0.0.1:8000/_auth/verify?key=k.\n")
        await aiosmtplib.send(message, hostname="127.0.0.1", port=smtp.port)
        received = await smtp.wait_for(to="ada@example.com", subject="Confirm")

    assert mailbox.first_link(received) == "http://127.0.0.1:8000/_auth/verify?key=k"
