"""Removing the second factors of somebody who has convinced whoever runs the site of who they are."""

import asyncio

from backend.kernel.clock import utc_now
from backend.kernel.keys import Keyring
from backend.kernel.password_hashing import PARAMETERS, PasswordHasher
from backend.kernel.refusals import RefusalError
from backend.mail.templates import MailTemplates
from backend.rules.context import Services
from backend.rules.lost_factors import remove_for_operator
from backend.settings import Settings
from backend.store import StoreError, open_store
from backend.store.opening import get_sqlite_path, is_sqlite


def remove_factors(settings: Settings, name: str) -> bool:
    """Remove the factors of an account by its address or number, log everybody out of it, and mail its owner; the
    backend that runs sends the mail. Return False where there is no such account, or it has none.

    Raises StoreError, also where there is no database: a new one would be that of another site.
    """
    url = settings.database.url
    if is_sqlite(url) and not get_sqlite_path(url).is_file():
        raise StoreError(f"there is no database {get_sqlite_path(url)}")
    return asyncio.run(_remove(settings, name))


async def _remove(settings: Settings, name: str) -> bool:
    store = await open_store(settings.database.url)
    passwords = PasswordHasher(PARAMETERS[settings.passwords.hashing])
    try:
        public = settings.public
        services = Services(
            settings=settings,
            clock=utc_now,
            store=store,
            keyring=Keyring(settings.secrets.signing_keys),
            passwords=passwords,
            mail_templates=MailTemplates(public.url, public.site_name, settings.mail.messages_dir),
            mail_waits=asyncio.Event(),
            sms_waits=asyncio.Event(),
        )
        return await remove_for_operator(services, name)
    except RefusalError:  # what is neither is no account's
        return False
    finally:
        passwords.close()
        await store.close()
