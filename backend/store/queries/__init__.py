"""The statements, a file a noun: `queries.users.find_by_id(...)`. All run on one connection, in its transaction."""

from backend.store.compiled import Connection
from backend.store.queries.authenticators import Authenticators
from backend.store.queries.buckets import Buckets
from backend.store.queries.challenges import Challenges
from backend.store.queries.devices import Devices
from backend.store.queries.events import Events
from backend.store.queries.expired_rows import ExpiredRows
from backend.store.queries.exports import Exports
from backend.store.queries.files import Files
from backend.store.queries.identities import Identities
from backend.store.queries.limits import Limits
from backend.store.queries.links import Links
from backend.store.queries.lost_factors import LostFactorsQueries
from backend.store.queries.mails import Mails
from backend.store.queries.meta import Meta
from backend.store.queries.passkeys import Passkeys
from backend.store.queries.phone_codes import PhoneCodes
from backend.store.queries.proven_identities import ProvenIdentities
from backend.store.queries.queue import Queue
from backend.store.queries.recovery_codes import RecoveryCodes
from backend.store.queries.registrations import Registrations
from backend.store.queries.sessions import Sessions
from backend.store.queries.tickets import Tickets
from backend.store.queries.users import Users


class Queries:
    """Every statement there is, in the order of the tables and records."""

    def __init__(self, connection: Connection) -> None:
        self.meta = Meta(connection)
        self.users = Users(connection)
        self.registrations = Registrations(connection)
        self.sessions = Sessions(connection)
        self.devices = Devices(connection)
        self.limits = Limits(connection)
        self.events = Events(connection)
        self.authenticators = Authenticators(connection)
        self.passkeys = Passkeys(connection)
        self.challenges = Challenges(connection)
        self.recovery_codes = RecoveryCodes(connection)
        self.tickets = Tickets(connection)
        self.lost_factors = LostFactorsQueries(connection)
        self.identities = Identities(connection)
        self.proven_identities = ProvenIdentities(connection)
        self.links = Links(connection)
        self.phone_codes = PhoneCodes(connection)
        self.mails = Mails(connection)
        self.queue = Queue(connection)
        self.buckets = Buckets(connection)
        self.files = Files(connection)
        self.expired_rows = ExpiredRows(connection)
        self.exports = Exports(connection)
