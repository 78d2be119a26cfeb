"""A certified provider, npm's oidc-provider, through its own pages: logging in, and a key that was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.mailbox import free_port
from tests.kit.openid_provider import DESCRIPTION, PROGRAM
from tests.kit.providers import begins, name_settings, returns
from tests.kit.serving import launch_command

CALLBACK = "http://127.0.0.1:8001/_auth/acme/callback"


@contextmanager
def serve_provider(folder: Path, port: int, kid: str) -> Iterator[None]:
    settings = {"PORT": str(port), "KID": kid}
    command = ["node", "--no-warnings", str(PROGRAM), CALLBACK]
    with launch_command(command, settings, folder, path=DESCRIPTION) as launched:
        launched.wait()
        yield


async def log_in_there(address: str, name: str) -> str:
    """Fill in the provider's forms; return the address that it leads back to."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(address)
        while not answer.headers.get("location", "").startswith(CALLBACK):
            if answer.is_redirect:
                answer = await browser.get(urljoin(str(answer.url), answer.headers["location"]))
                continue
            action, prompt = re.findall(r'(?:action|name="prompt" value)="([^"]+)"', answer.text)[:2]
            typed = {"prompt": prompt, "login": name, "password": "any"}
            answer = await browser.post(urljoin(str(answer.url), action), data=typed)
        return answer.headers["location"]


async def logs_in(backend: Backend) -> dict[str, object]:
    begun = await begins(backend, "acme")
    landing = await returns(backend, await log_in_there(begun.headers["location"], "ada"))
    assert landing.query["status"] == "200", landing.query
    user = (await backend.grants(landing.token)).body["user"]
    return {name: user[name] for name in ("email", "emailVerified", "name", "provider", "providerUserId")}


async def test_ada_logs_in_with_it_also_after_it_has_changed_its_key(tmp_path: Path) -> None:
    port, clock = free_port(), Clock(datetime.now(UTC))
    ada = {
        "email": "ada@example.com",
        "emailVerified": True,
        "name": "Ada",
        "provider": "acme",
        "providerUserId": "ada",
    }
    acme = name_settings("ACME", f"http://127.0.0.1:{port}", "Acme")
    async with run_backend(tmp_path, clock, **acme) as backend:
        for kid in ("first", "second"):
            with serve_provider(tmp_path, port, kid):
                clock.now = datetime.now(UTC)
                assert await logs_in(backend) == ada
