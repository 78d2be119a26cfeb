"""Codes of mails, as the contract has them: asked for in a browser, and typed there or elsewhere."""

from typing import Any

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.mailbox import code_in

ADA = "ada@example.com"
LAPTOP, PHONE = ({"X-Device": name * 8} for name in ("laptop", "phone "))
WRONG = "BBBB-BBBB"


async def asks_for_a_code(backend: Backend, what: str = "send-magic", email: str = ADA, device: Any = LAPTOP) -> str:
    """Ask for a mail, and return the reference."""
    answer = await backend.post(f"/auth/{what}", params={"email": email}, headers=device)
    assert (answer.status, list(answer.body)) == (200, ["reference"])
    return str(answer.body["reference"])


async def read_newest_code(backend: Backend) -> str:
    return code_in(await backend.newest_mail())


async def types_code(backend: Backend, reference: str, code: str, **rest: Any) -> Answer:
    return await backend.post("/account/codes", {"reference": reference, "code": code}, headers=LAPTOP, **rest)


async def count_attempts(backend: Backend) -> int:
    """How often one of the newest codes was compared."""
    return max(await backend.services.store.read(_read_attempts))


def _read_attempts(queries: Any) -> list[int]:
    mails = queries.mails.list_newest(10)
    return [queries.links.find_by_id(mail.link_id).attempts for mail in mails]


async def find_progress(backend: Backend, reference: str) -> Any:
    """What the page that waits is told."""
    answer = await backend.get("/account/pending", params={"reference": reference})
    assert list(answer.body) == ["state"]
    return answer.body["state"]
