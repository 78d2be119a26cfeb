"""Transports of SMS: to a service over HTTP, or, without one, a line in the terminal."""

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from backend.settings import Settings
from backend.settings.phones import SmsService
from backend.sms.errors import SmsAnswerLostError, SmsServiceAwayError
from backend.sms.services import SmsRequest, check_answer, make_request
from backend.store.records import Mail

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 15.0  # for all of it: a drip of bytes outlives every other timeout
LARGEST_ANSWER = 64 * 1024  # bytes


class SmsTransport(Protocol):
    """Where SMS go."""

    async def send(self, item: Mail, text: str, on_handover: Callable[[], None]) -> None:
        """Send an SMS. `on_handover` is called once it may have arrived. Raises a child of DeliveryError."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


def choose_transport(settings: Settings) -> SmsTransport | None:
    """Return the transport that the settings ask for; None where there is nothing to send, or nowhere to send it."""
    phones = settings.phones
    if not phones.are_offered:
        return None
    if phones.service:
        return ServiceTransport(phones.service, phones.sender or "")
    return TerminalTransport(settings.public.url) if settings.mail.has_outbox else None


class ServiceTransport:
    """Posts to a service; follows no redirect, knows no proxy, and reads no more of an answer than it needs."""

    def __init__(self, service: SmsService, sender: str) -> None:
        import httpx  # imported here: a process that sends none needs none

        self._service = service
        self._sender = sender
        timeout = httpx.Timeout(DEADLINE_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)

    async def send(self, item: Mail, text: str, on_handover: Callable[[], None]) -> None:
        """Send as `SmsTransport.send` says. An answer that is cut off, or too long, is one that did not come."""
        import httpx

        asked = make_request(self._service, self._sender, item.recipient, text)
        on_handover()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                status, content = await self._post(asked)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SmsServiceAwayError(type(error).__name__) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SmsAnswerLostError(type(error).__name__) from error
        check_answer(self._service, status, content)

    async def _post(self, asked: SmsRequest) -> tuple[int, bytes]:
        posting = self._client.stream(
            "POST",
            asked.url,
            data=asked.fields,
            json=asked.body,
            headers=asked.headers,
            auth=asked.auth,
        )
        async with posting as answer:
            return answer.status_code, await _read(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _read(answer: "httpx.Response") -> bytes:
    content = b""
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > LARGEST_ANSWER:
            return b""
    return content


class TerminalTransport:
    """Prints where an SMS can be read, never its code."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def send(self, item: Mail, text: str, on_handover: Callable[[], None]) -> None:  # noqa: ARG002
        """Print where it is."""
        sys.stdout.write(f"SMS for {item.recipient}: {self._public_url}/outbox/{item.id}\n")
        sys.stdout.flush()

    async def close(self) -> None:
        """Do nothing: the terminal stays."""
