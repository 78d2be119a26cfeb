"""Proving again who one is, with a second factor."""

from tests.kit.clock import Clock
from tests.kit.people import ADA, arrives
from tests.kit.two_step_pages import sets_up_two_step
from tests.kit.visitor import Visitor

AT = "/confirm?next=/profile/name"
STRONG = "/confirm?next=/profile/two-step/remove&strong=yes"


async def test_the_code_of_the_app_is_asked_for_first_and_others_are_a_link_away(
    visitor: Visitor, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    clock.advance(minutes=15)
    await visitor.opens(AT)
    assert visitor.has("code")
    assert visitor.one("code").get("autocomplete") == "one-time-code"
    assert visitor.one("code").get("inputmode") == "numeric"
    await visitor.follows("Use your password instead")
    await visitor.follows("Use a recovery code instead")
    await visitor.follows("Use your authenticator app instead")
    await visitor.submits("Continue", code=f"{app.code()[:3]} {app.code()[3:]}")
    assert visitor.path == "/profile/name"
    assert codes


async def test_the_password_still_does_for_what_it_did_before(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)
    clock.advance(minutes=15)
    await visitor.opens(AT)
    await visitor.follows("Use your password instead")
    await visitor.submits("Continue", current_password="not it at all")
    assert visitor.error("current_password") == "This isn’t your current password."
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == "/profile/name"


async def test_a_recovery_code_confirms_once(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    _app, codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(STRONG)
    await visitor.follows("Use a recovery code instead")
    await visitor.submits("Continue", recovery_code=codes[3])
    assert visitor.path == "/profile/two-step/remove"
    clock.advance(minutes=15)
    await visitor.opens(f"{STRONG}&by=recovery-code")
    await visitor.submits("Continue", recovery_code=codes[3])
    assert visitor.error("recovery_code") == "This isn’t one of your recovery codes, or it has been used already."
    await visitor.submits("Continue", recovery_code="BCDF")
    assert visitor.error("recovery_code") == "Enter the 16 letters of a recovery code, such as BCDF-GHJK-LMNP-QRST."
    await visitor.submits("Continue", recovery_code="")
    assert visitor.error("recovery_code") == "Enter one of your recovery codes."


async def test_a_wrong_code_is_told_beside_its_field(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(STRONG)
    for typed, error in (
        ("", "Enter the code from your authenticator app."),
        ("WDJB-MJHT", "Enter the 6 digits that your authenticator app shows."),
        (app.wrong_code(), "This code isn’t right. Enter the one that your app shows now."),
    ):
        await visitor.submits("Continue", code=typed)
        assert (visitor.status, visitor.error("code"), visitor.field("code")) == (422, error, typed)
    await visitor.submits("Continue", code=app.code())
    assert visitor.path == "/profile/two-step/remove"


async def test_neither_password_nor_mail_removes_a_second_factor(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(f"{STRONG}&by=password")
    assert not visitor.has("current_password")
    sent = {"current_password": ADA.password, "next": "/profile/two-step/remove"}
    await visitor.http.post("/confirm", data=sent)
    await visitor.opens("/profile/two-step/remove")
    await visitor.submits("Remove app")
    assert visitor.path == "/confirm"


async def test_a_form_that_names_nothing_but_its_field_is_understood(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    for proof in ({"code": app.code()}, {"recovery_code": codes[0]}, {"current_password": ADA.password}):
        clock.advance(minutes=15)
        proof = {"code": app.code()} if "code" in proof else proof
        answer = await visitor.http.post("/confirm", data={**proof, "next": "/profile/name"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/profile/name"), proof
