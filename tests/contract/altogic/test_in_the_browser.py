"""Altogic's client in a real browser, on a page of another origin: the page that the docs show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.pages import Frontend, frontend
from tests.kit.chromium import new_context
from tests.kit.contract import KEY
from tests.kit.people import PASSWORD
from tests.kit.photo_files import encode_image

FILE_LIMIT = 200_000
NOTHING_KEPT = {"session": None, "user": None}


@pytest.fixture(scope="module")
def foreign() -> Iterator[Frontend]:
    with frontend() as served:
        yield served


@pytest.fixture(scope="module")
def backend(serving: Callable[..., Served], ours: Frontend) -> Served:
    """It lets in browsers at our page, and nowhere else."""
    settings = {"REDIRECT_URL": f"{ours.origin}/", "ALLOWED_ORIGINS": ours.origin, "FILE_LIMIT": str(FILE_LIMIT)}
    served = serving(**settings, PHONE_SIGN_UP="on")
    ours.talks_to(served.url)
    return served


@pytest.fixture
def page(chromium: Browser, backend: Served, ours: Frontend) -> Iterator[Page]:  # noqa: ARG001
    with new_context(chromium, ours.origin) as context, watched(context) as page:
        page.goto("/")
        yield page


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """No page may end with an exception that nobody caught."""
    failures: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    assert failures == []


def fills(page: Page, email: str, password: str = PASSWORD, name: str = "Ada") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)


def is_told(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_have_text(words)


def kept(page: Page) -> Any:
    return page.evaluate("({session: auth.getSession(), user: auth.getUser()})")


def join(page: Page, backend: Served) -> str:
    email = backend.address()
    fills(page, email)
    page.get_by_role("button", name="Sign up").click()
    is_told(page, "Check your email.")
    assert kept(page) == NOTHING_KEPT
    page.goto(backend.mails(email)[0])
    page.locator("main form button").first.click()
    is_told(page, "Welcome.")
    return email


def photo(more: int = 0) -> FilePayload:
    """`more` bytes follow it that nobody looks at."""
    content = encode_image(Image.effect_noise((64, 64), 90), "PNG")
    return FilePayload(name="me.png", mimeType="image/png", buffer=content + bytes(more))


def test_signing_up_confirming_a_photo_and_logging_out(page: Page, backend: Served, ours: Frontend) -> None:
    email = join(page, backend)
    assert page.url == f"{ours.origin}/"  # no token stays in the address
    expect(page.locator("#member b")).to_have_text("Ada")
    expect(page.locator("#guest")).to_be_hidden()
    assert kept(page)["user"]["email"] == email

    page.reload()
    expect(page.locator("#member b")).to_have_text("Ada")
    page.get_by_label("Photo").set_input_files(photo())
    is_told(page, "Photo changed.")
    assert page.locator("progress").evaluate("bar => bar.value") == 100
    page.wait_for_function("find('img').naturalWidth === 64")
    assert page.locator("img").get_attribute("src") == kept(page)["user"]["profilePicture"]

    # A script may read what the page has already shown: the browser's cache must not stand between.
    assert page.evaluate("fetch(find('img').src).then((answer) => answer.blob()).then(({type}) => type)") == "image/png"

    page.get_by_role("button", name="Log out").click()
    is_told(page, "Logged out.")
    assert kept(page) == NOTHING_KEPT
    expect(page.locator("#guest")).to_be_visible()

    fills(page, email)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#member b")).to_have_text("Ada")


def test_refusals_can_be_read_across_origins(page: Page, backend: Served) -> None:
    fills(page, "nobody@example.com")
    page.get_by_role("button", name="Log in").click()
    is_told(page, "The email address or password is incorrect.")
    email = join(page, backend)
    page.get_by_role("button", name="Log out").click()
    fills(page, email)
    page.get_by_role("button", name="Sign up").click()
    is_told(page, "A user with the provided email already exists.")


def test_a_photo_that_is_too_large_is_told_on_the_way_with_progress(page: Page, backend: Served) -> None:
    join(page, backend)
    for more in (FILE_LIMIT, 6_000_000):  # a little more than the limit, and very much more
        large = photo(more)
        page.get_by_label("Photo").set_input_files(large)
        is_told(page, "The request is too large.")
        page.evaluate("show()")
    expect(page.locator("#member b")).to_have_text("Ada")  # and nobody was logged out by it


def test_a_link_that_is_used_up_is_told_at_the_page(page: Page, backend: Served) -> None:
    email = join(page, backend)
    page.goto(backend.mails(email)[0])
    is_told(page, "This link has been used already")
    expect(page.locator("#member b")).to_have_text("Ada")


def test_logging_in_by_a_provider_leads_back_to_the_page(page: Page, ours: Frontend) -> None:
    with page.expect_navigation(url=f"{ours.origin}/**"):
        page.evaluate("auth.signInWithProvider('google')")
    is_told(page, "Logging in with this provider is not offered here.")


def test_a_token_in_the_address_is_found_by_the_client_itself(page: Page, backend: Served) -> None:
    email = backend.address()
    page.evaluate("([email, password]) => auth.signUpWithEmail(email, password)", [email, PASSWORD])
    token = backend.presses(email).token
    page.evaluate("token => history.replaceState(null, '', '#access_token=' + token)", token)
    assert page.evaluate("auth.getAuthGrant()")["user"]["email"] == email


def test_a_session_that_ended_is_forgotten_and_leads_where_the_page_says(page: Page, backend: Served) -> None:
    join(page, backend)
    told = page.evaluate("auth.signOutAllExceptCurrent()")
    assert told == {"errors": None}
    page.evaluate("fetch(client.auth.fetcher.getBaseUrl() + '/_api/rest/v1/auth/signout', {method: 'POST',"
                  " headers: {'X-Client-Key': client.auth.fetcher.getClientKey(),"
                  " Session: auth.getSession().token}})")  # fmt: skip
    with page.expect_navigation(url="**/?again"):
        page.evaluate(
            "key => { const base = client.auth.fetcher.getBaseUrl();"
            " altogic.createClient(base, key, {signInRedirect: '/?again'}).auth.getUserFromDB(); }",
            KEY,
        )
    assert kept(page) == NOTHING_KEPT


UPLOADS = {
    "blob": "new Blob(['text'], {type: 'text/plain'})",
    "file": "new File(['text'], 'own.txt', {type: 'text/plain'})",
    "form": "(() => { const form = new FormData(); form.append('x', new Blob(['text'], {type: 'text/plain'}));"
    " return form; })()",
    "text": "'text'",
    "bytes": "new TextEncoder().encode('text')",
}


def test_everything_that_can_be_uploaded_arrives_with_and_without_progress(page: Page, backend: Served) -> None:
    join(page, backend)
    for kind, body in UPLOADS.items():
        for options in ("{}", "{onProgress() {}}"):
            file = page.evaluate(f"client.storage.bucket('root').upload('{kind}.txt', {body}, {options})")
            assert file["errors"] is None
            assert (file["data"]["size"], file["data"]["mimeType"]) == (4, "text/plain")
            which = f"client.storage.bucket('root').file('{file['data']['_id']}')"
            assert page.evaluate(f"{which}.download().then(({{data}}) => data.text())") == "text"
            assert (
                page.evaluate("url => fetch(url).then((answer) => answer.text())", file["data"]["publicPath"]) == "text"
            )


MANAGING = """async ([email, password]) => {
    const me = auth.getUser(), bucket = client.storage.bucket(email);
    const record = () => client.db.model("users").object(me._id);
    const options = {createBucket: true, tags: ["holiday"]}, percents = [];
    const file = (await bucket.upload("beach.txt", new Blob(["old"], {type: "text/plain"}), options)).data;
    const watched = {onProgress: (loaded, total, percent) => percents.push(percent)};
    const replaced = await bucket.file(file._id).replace(new Blob(["new"], {type: "text/plain"}), watched);
    const counted = await record().updateFields({field: "visits", updateType: "increment", value: 2});
    const mine = await bucket.listFiles(`userId == '${me._id}' && IN(tags, 'holiday')`, {returnCountInfo: true});
    const found = await client.db.model("users").filter(`email == '${email}'`).getSingle();
    const refused = await record().delete();
    await auth.signInWithEmail(email, password);
    const deleted = await record().delete(), gone = await auth.getUserFromDB();
    return {
        text: await fetch(replaced.data.publicPath).then((answer) => answer.text()), percent: percents.at(-1),
        visits: counted.data.visits, names: mine.data.data.map(({fileName}) => fileName),
        found: found.data._id === me._id,
        refused: refused.errors.items[0].code, deleted, gone: gone.errors.items[0].code,
    };
}"""


def test_a_page_manages_files_counts_finds_itself_and_leaves(page: Page, backend: Served) -> None:
    email = join(page, backend)
    assert page.evaluate(MANAGING, [email, PASSWORD]) == {
        "text": "new",
        "percent": 100,
        "visits": 2,
        "names": ["beach.txt"],
        "found": True,
        "refused": "confirmation_required",
        "deleted": {"data": None, "errors": None},
        "gone": "invalid_session_token",
    }
    assert kept(page) == NOTHING_KEPT


def test_what_is_not_offered_settles_in_a_browser_too(page: Page) -> None:
    refused = page.evaluate("client.cache.get('key')")
    assert (refused["errors"]["status"], refused["errors"]["items"][0]["code"]) == (404, "resource_not_found")
    refused = page.evaluate("altogic.createClient(auth.fetcher.getBaseUrl(), 'wrong').auth.getUserFromDB()")
    assert refused["errors"]["items"][0]["code"] == "invalid_client_key"


def test_a_page_of_a_foreign_origin_gets_nothing(chromium: Browser, backend: Served, foreign: Frontend) -> None:
    address = foreign.talks_to(backend.url)
    email = backend.address()
    with new_context(chromium, foreign.origin) as context, watched(context) as page:
        page.goto(address)
        fills(page, email)
        page.get_by_role("button", name="Sign up").click()
        is_told(page, "The backend does not answer.")
    assert backend.mails(email) == []


def test_on_this_machine_any_page_is_let_in_while_nothing_is_said(
    chromium: Browser, serving: Callable[..., Served], foreign: Frontend
) -> None:
    backend = serving()
    address = foreign.talks_to(backend.url)
    with new_context(chromium, foreign.origin) as context, watched(context) as page:
        page.goto(address)
        fills(page, backend.address())
        page.get_by_role("button", name="Sign up").click()
        is_told(page, "Check your email.")


@pytest.mark.both_databases
def test_all_nine_methods_for_phones(page: Page, backend: Served) -> None:
    """From another origin: each call is asked for first, and no answer is kept from the page."""

    def calls(method: str, *given: str) -> Any:
        answer = page.evaluate("([method, given]) => auth[method](...given)", [method, given])
        assert answer["errors"] is None, answer
        return answer

    old, new = backend.number(), backend.number()
    assert calls("signUpWithPhone", old, PASSWORD, "Ada")["session"] is None
    calls("resendVerificationCode", old)
    calls("verifyPhone", old, backend.sms_code(old))
    assert kept(page)["user"]["phone"] == old
    assert calls("changePhone", PASSWORD, new)["user"]["phone"] == old
    assert calls("verifyPhone", new, backend.sms_code(new))["user"]["phone"] == new
    calls("sendResetPwdCode", new)
    calls("resetPwdWithCode", new, backend.sms_code(new), "an even better battery")
    calls("signInWithPhone", new, "an even better battery")
    calls("sendSignInCode", new)
    calls("signInWithCode", new, backend.sms_code(new))
    assert kept(page)["user"]["phone"] == new
