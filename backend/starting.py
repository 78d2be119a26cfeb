"""What can be known to be wrong before anything is served."""

from backend.mail import Messages
from backend.settings import Settings
from backend.store import SqliteStore


def check(settings: Settings) -> None:
    """Tries every mail template, and opens the database once, which makes it or brings it up to date.

    Raises SettingsError or StoreError: each is one line that begins with the variable's name.
    """
    Messages(settings.public_url, settings.site_name, settings.messages_dir)
    SqliteStore(settings.database_path).close_now()
