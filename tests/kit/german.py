"""What a person does who reads German."""

from __future__ import annotations

from tests.kit import mailbox
from tests.kit.people import Person
from tests.kit.visitor import Visitor


async def logs_in_in_german(visitor: Visitor, person: Person) -> None:
    await visitor.opens("/login")
    await visitor.submits("Anmelden", within="#login-form", email=person.email, password=person.password)


async def joins_in_german(visitor: Visitor, person: Person) -> None:
    await visitor.opens("/register")
    await visitor.submits("Konto erstellen", email=person.email, name=person.name, password=person.password)
    mail = await mailbox.newest(visitor, to=person.email, subject="Bestätige deine E-Mail-Adresse")
    await visitor.opens(mail.link)
    await visitor.submits("Diese Adresse bestätigen")


def logged_in_at(visitor: Visitor) -> str:
    """When this browser's session began, as its details say."""
    return visitor.html.all("dd")[1].text()


def page_language(visitor: Visitor) -> str:
    return visitor.html.all("html")[0].get("lang")
