"""The statements, by topic: `queries.users.by_id(...)`. All of them run on one connection, inside its transaction."""

from sqlalchemy import Connection

from backend.store.bucket_queries import Buckets
from backend.store.clearing_queries import Leftovers
from backend.store.file_queries import Files
from backend.store.limit_queries import Devices, Limits
from backend.store.link_queries import Links
from backend.store.mail_queries import Mails
from backend.store.session_queries import Sessions
from backend.store.user_queries import Meta, Registrations, Users


class Queries:
    """Every statement there is."""

    def __init__(self, connection: Connection) -> None:
        self.meta = Meta(connection)
        self.users = Users(connection)
        self.registrations = Registrations(connection)
        self.sessions = Sessions(connection)
        self.links = Links(connection)
        self.mails = Mails(connection)
        self.buckets = Buckets(connection)
        self.files = Files(connection)
        self.limits = Limits(connection)
        self.devices = Devices(connection)
        self.leftovers = Leftovers(connection)
