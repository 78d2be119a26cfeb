"""Codes of mails, typed into their form."""

from tests.kit.visitor import Visitor

WRONG_CODE = "This code isn’t right, or it no longer works. Check the newest email, or resend it."


async def types_wrong_codes(visitor: Visitor) -> None:
    """Nothing, too little, and a code of nobody's: each stays in its field, with the error beside it."""
    for typed, error in (
        ("", "Enter the code from the email."),
        ("WDJB", "Enter the 8 letters of the code, such as WDJB-MJHT."),
        ("WDJB-MJHT", WRONG_CODE),
    ):
        await visitor.submits("Continue", code=typed)
        assert (visitor.status, visitor.error("code"), visitor.field("code")) == (422, error, typed)
