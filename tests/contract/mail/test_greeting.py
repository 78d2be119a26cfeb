"""By what name a mail greets: nobody can mail words, numbers or links to somebody else by calling themselves so."""

import re
from itertools import product

import pytest

from backend.mail.greeting import safe_greeting_name
from backend.mail.letters import LETTERS
from tests.kit.backend import Backend
from tests.kit.letters import write_letter
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import first_link, text_of
from tests.kit.markup import parse
from tests.kit.people import PASSWORD

NAMES = [
    *("Ada Lovelace", "St. John Smith", "Dr. Müller", "Martin Luther King, Jr.", "Jean-Luc O’Neill", "D'Arcy", "Ng"),
    *("María-José (Pepa)", 'Dwayne "The Rock" Johnson', "Nguyễn Thị Ánh", "Jose\u0301", "Ọlá́", "Gal·la", "ʻOkina"),
    *(
        "Иван Петров",
        "נועה כהן",
        "لينا المصري",
        "علی\u200cرضا",
        "दीपक शर्मा",
        "นิก้า สมชาย",
        "山田 太郎",
        "マリー・キュリー",
    ),
    "n" * 40,
]
NO_NAMES = [
    *("Hello customer, your account is suspended. Call +1 900 555 0199", "Call 1", "Ⅷ", "１２", "²", "n" * 41),
    *("evil.example", "www.evil", "e.v", "http://evil", "a/b", "ada@example", "evil .com", "evil。com", "evil․com"),
    *("evil.\u0336com", "evil\u200b.com", "evil.\u200bcom", "evil\u00ad.com", "e\u0336v\u0336il", "a\u20dd"),
    *("खाता.भारत", "খবর.ভারত", "\u200bAda", "Ada\u202e", "Ada\nBcc", "<b>Ada</b>", "{{ site }}", " ", ""),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_greeted(name: str) -> None:
    assert safe_greeting_name(name) == name


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_may_be_more_than_a_name_is_not(name: str) -> None:
    assert safe_greeting_name(name) == ""


async def test_an_address_that_nobody_has_confirmed_is_not_told_what_a_stranger_typed(
    mailing: Backend, smtp: RefusingServer
) -> None:
    await mailing.signs_up(name="Your account is suspended")
    assert "suspended" not in (await smtp.wait_for(to="ada@example.com")).as_string()
    await mailing.post("/auth/resend", params={"email": "ada@example.com"})
    assert not [mail for mail in smtp.messages if "suspended" in mail.as_string()]


async def test_once_confirmed_its_owner_is_greeted_there_and_nowhere_else(
    mailing: Backend, smtp: RefusingServer
) -> None:
    await mailing.signs_up(name="St. John Smith")
    link = first_link(await smtp.wait_for(to="ada@example.com"))
    session = (await mailing.grants((await mailing.opens(link)).token)).token
    await mailing.post("/auth/send-magic", params={"email": "ada@example.com"})
    assert "Hello St. John Smith," in text_of(await smtp.wait_for(subject="Your login link"))
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    assert (await mailing.post("/auth/change-email", body, session=session)).status == 200
    assert "Smith" not in text_of(await smtp.wait_for(to="new@example.com"))


def test_german_goes_on_in_small_letters_after_it() -> None:
    """Its comma ends no sentence. No noun comes first in any of the letters, and of pronouns Sie and Ihr stay large."""
    for kind, language in product(LETTERS, ("de", "de-formal")):
        mail = write_letter(kind, language)
        for words in (mail.text, parse(mail.html).all("[role=article]")[0].text()):
            after = " ".join(words.split()).partition("Ada Lovelace, ")[2]
            assert re.match(r"[a-zäöü]|(Sie|Ihr|Ihre[mnrs]?)\b", after), f"{kind} in {language}: {after[:60]}"
