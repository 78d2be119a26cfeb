"""How many SMS are sent: each costs money, and goes to whoever types a number (toll fraud).

Counted by number, by its neighbours, by network, whether or not one is sent, and those that are, all together by day.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.kernel.phones import costs_caller, find_country, find_prefix
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.mail_limits import DOUBLE_SUBMIT
from backend.store import Queries

log = logging.getLogger("backend.sms")

DAY = timedelta(days=1)


def check_country(services: Services, phone: str, param: str = "phone") -> None:
    """Raise `unsupported_phone` for a number that no SMS is sent to: of no country in SMS_COUNTRIES, or of a service
    that earns by it."""
    countries = services.settings.phones.countries
    if costs_caller(phone) or (countries and find_country(phone) not in countries):
        raise refusal("unsupported_phone", param=param)


def check_sms(queries: Queries, services: Services, phone: str, client: ClientInfo) -> None:
    """Raise `cannot_send_sms_code` where the day has had its SMS, or `rate_limit_exceeded`. Counts nothing."""
    _check_daily_limit(queries, services)
    limits.check(queries, services, _find_counters(queries, services, phone, client))


def count_sms(queries: Queries, services: Services, phone: str, client: ClientInfo, content: str) -> bool:
    """Count a request for an SMS, within the caller's transaction, whether or not one is sent.

    Return False for the same `content` again within DOUBLE_SUBMIT: then it is neither counted nor sent. Raises what
    `check_sms` raises.
    """
    _check_daily_limit(queries, services)
    now, counters = services.clock(), _find_counters(queries, services, phone, client)
    same = services.keyring.derive_pseudonym(f"same:sms:{phone}:{content}")
    if queries.limits.increment(same, now=now, expires_at=now + DOUBLE_SUBMIT).count > 1:
        return False
    limits.count(queries, services, counters)
    return True


def count_sent_sms(queries: Queries, services: Services) -> None:
    """Count an SMS that is sent, within its transaction. The last one of a day is told in the log.

    Raises `cannot_send_sms_code` for one more than that, of several at once.
    """
    now = services.clock()
    sent = queries.limits.increment(_name_day(services, now), now=now, expires_at=_find_end_of_day(now))
    if sent.count > services.settings.phones.daily_limit:
        raise _refuse_until(sent.expires_at, now)
    if sent.count == services.settings.phones.daily_limit:
        log.error("no more SMS are sent until %s: SMS_DAILY_LIMIT is reached", sent.expires_at.isoformat())


def is_daily_limit_reached(queries: Queries, services: Services) -> bool:
    """Tell whether no more SMS are sent today: the day has had those of SMS_DAILY_LIMIT."""
    return _find_resumption(queries, services) is not None


def _check_daily_limit(queries: Queries, services: Services) -> None:
    """Refuse every number alike, against user enumeration."""
    if resumption := _find_resumption(queries, services):
        raise _refuse_until(resumption, services.clock())


def _refuse_until(end: datetime, now: datetime) -> RefusalError:
    refused = refusal("cannot_send_sms_code")
    refused.retry_after = max(1, int((end - now).total_seconds()))
    return refused


def _find_resumption(queries: Queries, services: Services) -> datetime | None:
    """Return when SMS are sent again, None where they are."""
    now = services.clock()
    sent = queries.limits.list_active([_name_day(services, now)], now)
    return sent[0].expires_at if sent and sent[0].count >= services.settings.phones.daily_limit else None


def _find_counters(queries: Queries, services: Services, phone: str, client: ClientInfo) -> Sequence[Counter]:
    """Find the counters of an SMS, sent or not.

    A browser that its owner has logged in from is counted by itself, so that no stranger can use up the owner's SMS;
    what all together cost, it counts towards like any other.
    """
    device = find_known_device(queries, queries.users.find_by_phone(phone), client)
    name = f"sms:device:{device}" if device else f"sms:{phone}"
    return [
        limits.make_counter(services, limits.SMS_TO_NUMBER, name),
        limits.make_counter(services, limits.SMS_TO_NUMBER_A_DAY, f"{name}:day"),
        limits.make_counter(services, limits.SMS_TO_NEIGHBOURS, f"sms:neighbours:{find_prefix(phone)}"),
        *limits.make_network_counters(services, limits.SMS_OF_NETWORK, "sms", client),
    ]


def _name_day(services: Services, now: datetime) -> str:
    return services.keyring.derive_pseudonym(f"sms:all:{now.date()}")


def _find_end_of_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
