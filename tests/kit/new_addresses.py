"""A new address, asked for at the site and confirmed by its mail."""

from tests.kit import mailbox
from tests.kit.people import PASSWORD
from tests.kit.visitor import Visitor

NEW = "countess@example.com"
CONFIRM_NEW = "Confirm your new email address"
REQUESTED = "New email address requested"


async def asks_for_a_new_address(visitor: Visitor, new: str = NEW) -> None:
    """In the row of the profile; who is logged in by a link proves first who they are."""
    await visitor.opens("/profile")
    await visitor.follows("Change email address")
    await enters_the_new_address(visitor, new)


async def enters_the_new_address(visitor: Visitor, new: str = NEW) -> None:
    if visitor.has("current_password"):  # at a plain Altogic
        await visitor.submits("Change email address", new_email=new, current_password=PASSWORD)
        return
    await visitor.submits("Change email address", new_email=new)
    if visitor.path == "/confirm":
        await visitor.submits("Continue", current_password=PASSWORD)
        assert (visitor.path, visitor.field("new_email")) == ("/profile/email", new), "filled in and not sent"
        await visitor.submits("Change email address")


async def confirms_it(visitor: Visitor, new: str = NEW) -> None:
    mail = await mailbox.newest(visitor, to=new, subject=CONFIRM_NEW)
    await visitor.opens(mail.link)
    await visitor.submits("Confirm new email address")


async def reads_code(visitor: Visitor, new: str = NEW) -> str:
    """In the new box."""
    return mailbox.code_in((await mailbox.newest(visitor, to=new, subject=CONFIRM_NEW)).text)
