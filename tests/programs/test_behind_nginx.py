"""The site behind nginx, set up by the very text of docs/operating.md."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.people import CONFIRM, Person, registers, sends_photo
from tests.kit.photo_files import photo
from tests.kit.proxies import TEXT, Proxy, example, nginx
from tests.kit.serving import serve_site
from tests.kit.visitor import Visitor


@dataclass(frozen=True)
class Behind:
    proxy: Proxy
    site: str  # where it listens itself

    def open_browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.proxy.url, verify=self.proxy.certificate, trust_env=False, timeout=30)

    async def mailed_link(self, email: str) -> str:
        """Read at this computer, beside the proxy."""
        headers = {"Host": self.proxy.url.removeprefix("https://")}
        async with httpx.AsyncClient(base_url=self.site, headers=headers, trust_env=False) as http:
            return (await mailbox.newest(Visitor(http), to=email, subject=CONFIRM)).link


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("nginx")
    with nginx(folder) as proxy:
        environ = {"DATA_DIR": str(folder / "var"), "PORT": str(proxy.site_port), "PUBLIC_URL": proxy.url}
        with serve_site({**environ, "TRUSTED_PROXIES": "127.0.0.1"}, folder) as url:
            yield Behind(proxy, url)


@pytest.fixture
async def http(behind: Behind) -> AsyncIterator[httpx.AsyncClient]:
    async with behind.open_browser() as http:
        yield http


async def test_people_register_log_in_and_upload_through_it(
    behind: Behind, http: httpx.AsyncClient, kind: type[Visitor]
) -> None:
    person = Person(f"{kind.__name__.lower()}@example.com", "Ada")
    visitor = kind(http)
    http.headers["X-Forwarded-For"] = "203.0.113.9"  # whoever says so to the proxy
    await registers(visitor, person)
    await visitor.opens(await behind.mailed_link(person.email))
    await visitor.submits("Confirm this address")
    assert visitor.who == "Ada"
    await sends_photo(visitor, photo())
    assert visitor.status_message == "Photo saved."
    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    assert visitor.who == "Countess Ada"
    await visitor.opens("/profile")
    assert "127.0.0.1" in visitor.text
    assert "203.0.113.9" not in visitor.text
    assert "/_auth/verify" in behind.proxy.logged
    assert not [secret for secret in ("key=", "access_token=", "?") if secret in behind.proxy.logged]


async def test_a_body_too_large_for_us_is_refused_by_a_page_of_ours(http: httpx.AsyncClient) -> None:
    for size, is_ours in ((16_900_000, True), (18_500_000, False)):
        answer = await http.post("/profile/avatar", files={"avatar": ("me.png", bytes(size), "image/png")})
        assert answer.status_code in ((303, 413) if is_ours else (413,))
        assert ("X-Request-Id" in answer.headers) is is_ours


async def test_long_heads_pass_in_both_directions(http: httpx.AsyncClient) -> None:
    answer = await http.get("/login", headers={"Cookie": f"other={'x' * 28_000}"})
    assert answer.status_code == 200
    typed = {"name": "Ada " * 400}
    answer = await http.post("/profile/name", data=typed, headers={"Cookie": "__Host-session=gone.gone"})
    assert answer.status_code in (303, 403)
    assert "X-Request-Id" in answer.headers


async def test_the_outbox_is_not_to_be_had_through_it(behind: Behind, http: httpx.AsyncClient) -> None:
    assert (await http.get("/outbox")).status_code == 404
    headers = {"Host": behind.proxy.url.removeprefix("https://")}
    async with httpx.AsyncClient(base_url=behind.site, headers=headers, trust_env=False) as beside:
        assert (await beside.get("/outbox")).status_code == 200


@pytest.mark.parametrize("language", ["nginx", "caddyfile", "apache", "yaml"])
def test_each_proxy_has_its_example_with_room_for_photos(language: str) -> None:
    assert any(size in TEXT_OF_EXAMPLES[language] for size in ("17m;", "17MB", "17825792"))


TEXT_OF_EXAMPLES = {"yaml": TEXT.partition("### Traefik")[2]} | {
    language: example(language) for language in ("nginx", "caddyfile", "apache")
}
