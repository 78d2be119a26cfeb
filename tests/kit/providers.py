"""People who log in with a provider, at a backend of a test's own."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.kit.backend import FIREFOX, Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import Answer, Landing
from tests.kit.lies import CLIENT_ID
from tests.kit.lying_provider import SECRET, LyingProvider, name_path
from tests.kit.stand_ins import serve_stand_in

# What a site knows a browser by: the secret of its cookie, and the hash of that.
BROWSER, OTHER_BROWSER = "the secret of Ada's own browser", "the secret of some other browser"


def hash_browser(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@asynccontextmanager
async def run_with_provider(
    folder: Path, lies: Iterable[str], **environ: str
) -> AsyncIterator[tuple[Backend, LyingProvider]]:
    """A backend whose providers `p0`, `p1`, ... are one and the same, which lies in these ways."""
    clock = Clock()
    provider = LyingProvider(clock)
    with serve_stand_in(provider.make_app()) as provider.url:
        ours: dict[str, str] = {}
        for number, lie in enumerate(lies):
            ours |= name_settings(f"P{number}", f"{provider.url}/{name_path(lie)}")
        async with run_backend(folder, clock, **ours, **environ) as backend:
            yield backend, provider


def name_settings(name: str, issuer: str, label: str = "Work") -> dict[str, str]:
    parts = {"ISSUER": issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": SECRET, "LABEL": label}
    return {f"OIDC_{name}_{part}": value for part, value in parts.items()}


async def begins(backend: Backend, provider: str, **query: str) -> httpx.Response:
    """Opens the address where a log-in begins, in a browser."""
    backend.clock.advance(milliseconds=1)
    return await backend.http.get(f"/_auth/{provider}", params=query, headers={"User-Agent": FIREFOX})


async def ask_at_provider(begun: httpx.Response) -> str:
    """Follows to the provider, where the person is logged in already; returns the address that it leads back to."""
    assert begun.status_code == 302, begun.text
    async with httpx.AsyncClient(trust_env=False) as browser:
        return str((await browser.get(begun.headers["location"])).headers["location"])


async def returns(backend: Backend, address: str) -> Landing:
    """Comes back from the provider, and is led to the site."""
    response = await backend.http.get(address, headers={"User-Agent": FIREFOX})
    assert response.status_code == 302, response.text
    assert response.headers["referrer-policy"] == "no-referrer"
    return Landing(response.headers["location"])


async def goes(backend: Backend, provider: str = "p0", **query: str) -> Landing:
    """Goes to the provider and comes back."""
    begun = await begins(backend, provider, **query)
    location = begun.headers["location"]
    if location.startswith(backend.settings.links.redirect_url):  # there was nothing to go to
        return Landing(location)
    return await returns(backend, await ask_at_provider(begun))


async def logs_in(backend: Backend, provider: str = "p0", **headers: str) -> Answer:
    """Logs in with a provider, all the way."""
    landing = await goes(backend, provider)
    assert landing.query["status"] == "200", landing.query
    return await backend.grants(landing.token, headers=headers)


async def connects(backend: Backend, session: str, provider: str = "p0") -> Answer:
    """Connects an account at a provider, from a session that was confirmed lately."""
    landing = await goes(backend, provider, connect=await gets_ticket(backend, session, provider))
    assert landing.query["action"] == "oauth-connect", landing.query
    return await backend.post("/account/identities", {"key": landing.token}, session=session)


async def gets_ticket(backend: Backend, session: str, provider: str = "p0", browser: str = BROWSER) -> str:
    body = {"provider": provider, "bind": hash_browser(browser)}
    answer = await backend.post("/account/identities/begin", body, session=session)
    assert answer.status == 200, answer.body
    return str(answer.body["ticket"])


async def list_identities(backend: Backend, session: str) -> list[Mapping[str, object]]:
    return list((await backend.get("/account/identities", session=session)).body["identities"])
