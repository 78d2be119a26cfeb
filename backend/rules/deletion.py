"""Deletion: an account ends, and then everything that is kept about its owner goes.

Its end is one transaction: from then on the account counts as one that is not there. The rest may take several, and
what is left of it by a process that dies the next clean-up finds (tasks/cleanup.py).
"""

from datetime import datetime

from backend.kernel.keys import new_id
from backend.kernel.refusals import refusal
from backend.mail.letters import ACCOUNT_DELETED
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import Services
from backend.rules.email_links import can_be_taken_back
from backend.rules.log_out import log_out_everywhere
from backend.rules.sessions import has_left
from backend.store import Queries
from backend.store.records import Mail, User
from translations import SOURCE

ACCOUNTS_AT_ONCE = 20
FILES_AT_ONCE = 10  # deleted in one transaction, for others who write


def find_obstacle(queries: Queries, services: Services, user: User, now: datetime) -> str:
    """Return the code of the refusal for which an account cannot be deleted at once, or "".

    `not_leaving` where it was kept meanwhile; `email_can_be_undone`: whoever has taken over an account is not to delete
    it before its owner can take it back; `email_not_verified` where nobody has proven whose mailbox would have to
    confirm it. With the last two it goes when its time is over.
    """
    if user.leaves_at is None:
        return "not_leaving"
    if can_be_taken_back(queries, user, now):
        return "email_can_be_undone"
    return "" if can_be_mailed(services, user) else "email_not_verified"


def require_no_obstacle(queries: Queries, services: Services, user: User, now: datetime) -> None:
    """Raise the refusal that `find_obstacle` names, if any."""
    if code := find_obstacle(queries, services, user, now):
        raise refusal(code)


def end_account(queries: Queries, user_id: str, now: datetime) -> None:
    """End the account of somebody who is leaving, within the caller's transaction. `finish_deletion` comes after it."""
    queries.users.leave_now(user_id, now)
    log_out_everywhere(queries, user_id, now)


async def finish_deletion(services: Services, user_id: str, now: datetime) -> None:
    """Delete the rest of an account that has ended, from the files of the database too, where those can be told to."""
    await delete_account(services, user_id, now)
    await services.store.erase_deleted()


async def delete_left_accounts(services: Services) -> None:
    """Delete the accounts whose owners have left and did not come back in time."""
    now = services.clock()
    while left := await services.store.read(_list_left, now):
        for user_id in left:
            await delete_account(services, user_id, now)


def _list_left(queries: Queries, now: datetime) -> list[str]:
    return queries.users.list_left(now, ACCOUNTS_AT_ONCE)


async def delete_account(services: Services, user_id: str, now: datetime) -> None:
    """Delete everything that is kept about a user whose time is over, the files first, and mail the owner that it is
    done. Idempotent."""
    while await services.store.write(_delete_files, user_id, now):
        pass
    await services.store.write(_delete_user, services, user_id, now)
    services.mail_waits.set()


def _delete_files(queries: Queries, user_id: str, now: datetime) -> int:
    user = queries.users.find_by_id(user_id)
    return queries.files.delete_some(user_id, FILES_AT_ONCE) if user and has_left(user, now) else 0


def _delete_user(queries: Queries, services: Services, user_id: str, now: datetime) -> None:
    user, language = queries.users.find_by_id(user_id), queries.mails.find_newest_language(user_id)
    if user is None or not queries.users.delete_left(user_id, now):  # another process was faster
        return
    if user.email and can_be_mailed(services, user):
        queries.mails.insert(_make_farewell(services, user, user.email, language, now))


def _make_farewell(services: Services, user: User, email: str, language: str, now: datetime) -> Mail:
    """Make the mail that the account is deleted. No row of the account's holds it, for there is none."""
    return Mail(
        id=new_id(),
        kind=ACCOUNT_DELETED.name,
        link_id=None,
        user_id=None,
        recipient=email,
        name=user.name or "" if user.email_verified else "",
        language=services.mail_templates.find_language(user.language) or language or SOURCE,
        created_at=now,
        next_try_at=now,
    )
