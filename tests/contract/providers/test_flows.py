"""A log-in that has begun is good in the browser that has begun it, at its provider, once and for ten minutes."""

import asyncio

import httpx
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.lying_provider import LyingProvider, name_path
from tests.kit.providers import BROWSER, ask_at_provider, begins, goes, hash_browser, name_settings, returns

Offering = tuple[Backend, LyingProvider]


def forgets(backend: Backend) -> dict[str, str]:
    """Takes the cookies away, as if another browser came back."""
    kept = dict(backend.http.cookies)
    backend.http.cookies.clear()
    return kept


async def test_no_other_browser_brings_the_answer(offering: Offering) -> None:
    """Log-in CSRF: somebody sends Ada the address that his own log-in has led to."""
    backend, _ = offering
    answer = await ask_at_provider(await begins(backend, "p0"))
    forgets(backend)
    assert (await returns(backend, answer)).query["code"] == "login_expired"
    await begins(backend, "p0")  # she has begun one of her own
    assert (await returns(backend, answer)).query["code"] == "login_expired"


async def test_without_its_state_an_answer_is_nobodys(offering: Offering) -> None:
    backend, _ = offering
    answer = httpx.URL(await ask_at_provider(await begins(backend, "p0")))
    for changed in (
        answer.copy_remove_param("state"),
        answer.copy_set_param("state", ""),
        answer.copy_add_param("state", "x"),
    ):
        assert (await returns(backend, str(changed))).query["code"] == "login_expired", changed
    assert (await returns(backend, str(answer))).query["status"] == "200"


async def test_an_answer_that_comes_twice_ends_the_same_way_and_once_only(offering: Offering) -> None:
    backend, _ = offering
    answer = await ask_at_provider(await begins(backend, "p0"))
    cookies = dict(backend.http.cookies)
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    clicks = await asyncio.gather(*(backend.http.get(answer, headers=header) for _ in range(2)))
    first, second = (httpx.URL(click.headers["location"]).params["access_token"] for click in clicks)
    assert first == second
    assert (await backend.grants(first)).status == 200
    assert (await returns(backend, answer)).query["code"] == "login_expired"  # its cookie is gone
    again = await backend.http.get(answer, headers=header)  # a jar that keeps what it is told to forget
    token = httpx.URL(again.headers["location"]).params["access_token"]
    assert (await backend.grants(token)).code == "invalid_access_token"


async def test_one_provider_s_answer_is_not_another_s(offering: Offering) -> None:
    """Mix-up: each has a path of its own, and the cookie says which."""
    backend, _ = offering
    answer = await ask_at_provider(await begins(backend, "p0"))
    assert (await returns(backend, answer.replace("/p0/", "/p1/"))).query["code"] == "login_expired"


async def test_a_log_in_ends_after_ten_minutes_and_five_tabs_have_one_each(offering: Offering) -> None:
    backend, _ = offering
    tabs = [await ask_at_provider(await begins(backend, "p0")) for _ in range(6)]
    assert len(backend.http.cookies) == 5
    codes = [(await returns(backend, tab)).query.get("code", "") for tab in tabs]
    assert codes == ["login_expired", "", "", "", "", ""]
    late = await ask_at_provider(await begins(backend, "p0"))
    backend.clock.advance(minutes=10)
    assert (await returns(backend, late)).query["code"] == "login_expired"


async def test_what_the_browser_keeps_is_signed_and_no_script_reads_it(offering: Offering) -> None:
    backend, _ = offering
    begun = await begins(backend, "p0")
    header = begun.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=600"} <= {part.strip() for part in header.split(";")}
    answer = await ask_at_provider(begun)
    (name, value) = next(iter(dict(backend.http.cookies).items()))
    forgets(backend)
    for spoiled in (f"x{value}", value[:-2], f"connect.{value}", "x" * 5_000):
        response = await backend.http.get(answer, headers={"Cookie": f"{name}={spoiled}"})
        assert "code=login_expired" in response.headers["location"], spoiled
    assert (await backend.http.get(answer, headers={"Cookie": f"a=b; {name}={value}"})).status_code == 302


async def test_over_https_no_sibling_can_plant_one(
    offering: Offering, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here, provider = offering
    public = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": "k" * 40, "TRUSTED_PROXIES": "none"}
    ours = name_settings("P0", f"{provider.url}/{name_path('plain')}") | public | {"OUTBOX": ""}
    async with run_backend(
        tmp_path_factory.mktemp("https"), here.clock, **ours, REDIRECT_URL="https://accounts.example.com/auth-redirect"
    ) as backend:
        begun = await begins(backend, "p0")
        assert begun.headers["set-cookie"].startswith("__Host-provider-")
        assert "; secure" in begun.headers["set-cookie"].lower()
        assert (await returns(backend, await ask_at_provider(begun))).query["status"] == "200"


async def test_what_the_browser_is_known_by_comes_back_unless_it_is_something_else(offering: Offering) -> None:
    backend, _ = offering
    assert (await goes(backend, bind=hash_browser(BROWSER))).query["bind"] == hash_browser(BROWSER)
    assert "bind" not in (await goes(backend, bind="<script>")).query
    assert "bind" not in (await goes(backend)).query


async def test_what_a_front_end_calls_the_log_in_comes_back_unless_it_is_something_else(offering: Offering) -> None:
    backend, _ = offering
    name = "0123456789abcdef"
    assert (await goes(backend, flow=name)).query["flow"] == name
    assert (await goes(backend, "p9", flow=name)).query["flow"] == name  # that cannot begin
    for other in ("", "<script>", "0123456789ABCDEF", name + name):
        assert "flow" not in (await goes(backend, flow=other)).query, other
    assert "flow" not in (await goes(backend)).query


async def test_a_provider_is_told_to_ask_which_account_where_it_says_that_it_can(offering: Offering) -> None:
    """One that cannot refuses the log-in: npm's oidc-provider does."""
    backend, provider = offering
    provider.asks_which = True
    assert "prompt=select_account" in (await begins(backend, "p0", prompt="select_account")).headers["location"]
    assert "prompt" not in (await begins(backend, "p0")).headers["location"]
    provider.asks_which = False
    assert "prompt" not in (await begins(backend, "p1", prompt="select_account")).headers["location"]


async def test_altogics_client_may_name_the_environment_in_either_way(offering: Offering) -> None:
    backend, _ = offering
    environment = "0123456789abcdef01234567"
    for path in (f"/_auth/{environment}/p0", f"/e:{environment}/_auth/p0", "/_auth/P0"):
        begun = await backend.http.get(path)
        assert (await returns(backend, await ask_at_provider(begun))).query["action"] == "oauth-signin", path
    assert (await goes(backend)).query["status"] == "200"


async def test_a_network_ends_so_many_log_ins_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, offering: Offering
) -> None:
    here, provider = offering
    ours = name_settings("P0", f"{provider.url}/{name_path('plain')}") | {"LIMIT_FACTOR": "0.01"}
    async with run_backend(tmp_path_factory.mktemp("few"), here.clock, **ours) as backend:
        codes = [(await goes(backend)).query.get("code", "") for _ in range(3)]
        assert codes == ["", "", "rate_limit_exceeded"]


async def test_a_provider_that_is_away_is_asked_again_after_a_while(offering: Offering) -> None:
    backend, provider = offering
    at_home, provider.url = provider.url, "http://127.0.0.1:1"
    assert (await goes(backend)).query["code"] == "provider_refused"  # it names another issuer
    provider.url = at_home
    assert (await goes(backend)).query["code"] == "provider_unavailable"  # nobody asks again at once
    backend.clock.advance(seconds=10)
    assert (await goes(backend)).query["status"] == "200"


@pytest.mark.one_database
async def test_however_often_a_page_posts_answers_of_nobodys_one_is_kept(offering: Offering) -> None:
    """Else any page could have a browser keep so many that no proxy, and no server, takes its requests any more."""
    backend, _ = offering
    for number in range(20):
        answer = {"state": f"made up {number}", "code": "c" * 700, "user": "u" * 700}
        assert (await backend.http.post("/_auth/apple/callback", data=answer)).status_code == 303
    assert len(backend.http.cookies) == 1
    assert (await backend.http.get("/_auth/apple/callback", params={"posted": "0" * 16})).status_code == 302
    assert len(backend.http.cookies) == 0
