"""Changes of an address, as people and thieves go about them."""

from typing import Any

from tests.kit.backend import Backend
from tests.kit.contract import Answer, Landing
from tests.kit.people import PASSWORD

OLD, NEW, NEWER = "ada@example.com", "new@example.com", "newer@example.com"
OWN = "words of the owner alone"  # chosen after a change was undone


async def asks(backend: Backend, session: str, new: str = NEW, **rest: Any) -> Answer:
    """Ask for a new address at a site of ours, which does not tell whose it is."""
    body = {"currentPassword": PASSWORD, "newEmail": new}
    return await backend.post("/account/email/pending", body, session=session, **rest)


async def find_pending(backend: Backend, session: str) -> dict[str, Any] | None:
    answer = await backend.get("/account/email/pending", session=session)
    assert answer.status == 200
    pending: dict[str, Any] | None = answer.body["pending"]
    return pending


async def confirms_new(backend: Backend, new: str = NEW) -> Landing:
    """Press the button of the link in the new box."""
    backend.clock.advance(milliseconds=1)
    return await backend.opens(await backend.newest_link(to=new), "POST")


async def changes(backend: Backend, session: str, new: str = NEW) -> None:
    assert (await asks(backend, session, new)).status == 200
    assert (await confirms_new(backend, new)).query["status"] == "200"


async def open_undo(backend: Backend, box: str = OLD) -> str:
    """Open the newest link that undoes a change in this box. Return its access token."""
    landing = await backend.opens(await find_undo_link(backend, box))
    assert landing.query["action"] == "undo-email"
    return landing.token


async def find_undo_link(backend: Backend, box: str = OLD) -> str:
    found = [link for link in await backend.links_to(box) if "action=undo-email" in link]
    return found[0]


async def undoes(backend: Backend, token: str) -> Answer:
    return await backend.post("/account/email/undo", params={"key": token})


async def takes_back(backend: Backend, token: str) -> str:
    """Undo the change, choose a new password, and log in with it. Return the session."""
    undone = await undoes(backend, token)
    assert undone.status == 200, undone.body
    key = {"key": undone.body["resetToken"]}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).status == 200
    return (await backend.signs_in(OLD, OWN)).token


async def find_email(backend: Backend, session: str) -> str:
    answer = await backend.get("/auth/user", session=session)
    assert answer.status == 200, answer.body
    return str(answer.body["email"])
