"""Calls to providers: bounded in time and size, to the addresses that are known alone, JSON in the end."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from backend.providers.interface import ProviderError

SECONDS = 8.0  # of a whole call
CONNECT_SECONDS = 3.0
LARGEST = 256 * 1024  # bytes; a large set of keys takes 20 kB
AT_ONCE = 20  # connections
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "account-pages"}


class Calls:
    """The calls of all providers. No redirect is followed, no proxy taken from the environment, nothing unpacked."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            headers=HEADERS,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=5.0),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, url: str, *, token: str = "", params: Mapping[str, str] | None = None) -> Any:
        """Return the JSON at an address, with an access token if one is given. Raises ProviderError."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status, content = await self._call(self._client.build_request("GET", url, headers=headers, params=params))
        if status != 200:
            raise ProviderError("provider_refused", f"status {status}")
        return content

    async def post(self, url: str, form: Mapping[str, str], *, authorization: str = "") -> dict[str, Any]:
        """Send a form, and return the object that it is answered with. Raises ProviderError, also for an error that is
        answered with status 200."""
        headers = {"Authorization": authorization} if authorization else {}
        status, content = await self._call(self._client.build_request("POST", url, data=dict(form), headers=headers))
        if status != 200 or not isinstance(content, dict) or "error" in content:
            raise ProviderError("provider_refused", f"status {status}")
        return content

    async def _call(self, request: httpx.Request) -> tuple[int, Any]:
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._client.send(request, stream=True)
                try:
                    return response.status_code, _parse(response, await _read(response))
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderError("provider_unavailable", type(error).__name__) from error


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST:
            raise ProviderError("provider_refused", "too long")
    return bytes(body)


def _parse(response: httpx.Response, body: bytes) -> Any:
    """Return the JSON of an answer; None where it is none and its status says enough."""
    if response.status_code >= 500:
        raise ProviderError("provider_unavailable", f"status {response.status_code}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        if response.status_code != 200:
            return None
        raise ProviderError("provider_refused", "no JSON") from error
