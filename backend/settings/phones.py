"""The settings of phone numbers: what can be done with one, and the service that sends SMS."""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from backend.kernel.phones import is_country
from serving.origins import in_url, is_loopback
from serving.settings.declaring import Computed, derived, setting
from serving.settings.kinds import SWITCH, Kind, split_list, whole_number
from serving.settings.reading import Reader

ServiceKind = Literal["twilio", "messagebird", "vonage", "webhook"]
HOSTS = {"twilio": "api.twilio.com", "messagebird": "rest.messagebird.com", "vonage": "rest.nexmo.com"}
NEEDS_SECRET = ("twilio", "vonage")
EVERY = "all"
# Where the languages of the pages are at home, and an SMS costs cents.
COUNTRIES = "AT,AU,CA,CH,DE,GB,IE,LI,LU,NZ,US"
SENDER = re.compile(r"\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True)
class SmsService:
    """A service that sends SMS: where it is called, and by which account."""

    kind: ServiceKind
    url: str = field(repr=False)  # of a webhook it may hold a secret
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


def _parse_sms_url(value: str) -> SplitResult:
    parts = urlsplit(value)
    if not value.isprintable() or " " in value or parts.fragment or parts.port == 0:
        raise ValueError
    if parts.scheme in HOSTS:
        return _check_preset(parts)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError
    return parts


def _check_preset(parts: SplitResult) -> SplitResult:
    has_secret = bool(parts.password) or parts.scheme not in NEEDS_SECRET
    if not parts.username or not has_secret or parts.path not in ("", "/") or parts.query:
        raise ValueError
    return parts


def _redact_sms_url(value: str) -> str:
    parts = _parse_sms_url(value)
    user = "***@" if parts.username is not None else ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{user}{in_url(parts.hostname or '')}{port}"


SMS_URL = Kind(
    _parse_sms_url,
    "twilio://SID:TOKEN@, messagebird://KEY@, vonage://KEY:SECRET@, or the https:// address of a webhook",
    is_secret=True,
    redact=_redact_sms_url,
)


def _parse_sender(value: str) -> str:
    if not SENDER.fullmatch(value):
        raise ValueError
    return value


SMS_FROM = Kind(_parse_sender, "a phone number, or at most 11 letters and digits")


def _check_sender(sender: str | None, reader: Reader) -> None:
    url = reader["SMS_URL"]
    if url and url.scheme in HOSTS and sender is None:
        raise ValueError(f"must be given where SMS_URL begins with {url.scheme}://, {SMS_FROM.expected} of yours")


def _parse_countries(value: str) -> tuple[str, ...]:
    if value.lower() == EVERY:
        return ()
    countries = tuple(part.upper() for part in split_list(value))
    if not countries or not all(re.fullmatch("[A-Z]{2}", country) for country in countries):
        raise ValueError
    return countries


SMS_COUNTRIES = Kind(_parse_countries, "countries such as AT,DE, each by its two letters, or all")


def _check_countries(countries: tuple[str, ...] | None, reader: Reader) -> None:  # noqa: ARG001
    for country in countries or ():
        if not is_country(country):
            raise ValueError(f"there are no phone numbers of a country {country}")


def _default_countries(reader: Reader) -> str:
    return COUNTRIES if reader["SMS_URL"] else EVERY


def _find_service(reader: Reader) -> SmsService | None:
    """Return the service that SMS_URL describes; it is called without encryption on loopback alone."""
    url: SplitResult | None = reader["SMS_URL"]
    if url is None:
        return None
    if url.scheme not in HOSTS:
        return SmsService("webhook", url.geturl())
    port = f":{url.port}" if url.port else ""
    host = f"{in_url(url.hostname)}{port}" if url.hostname else HOSTS[url.scheme]
    scheme = "http" if is_loopback(f"http://{host}") else "https"
    kind: ServiceKind = url.scheme  # type: ignore[assignment]
    return SmsService(kind, f"{scheme}://{host}", unquote(url.username or ""), unquote(url.password or ""))


@dataclass(frozen=True)
class Phones:
    """Phone numbers."""

    are_offered: bool = setting(
        "PHONE_SIGN_UP",
        SWITCH,
        "off",
        "Whether people can sign up, and log in, with a phone number; `off` refuses everything about phones.",
    )
    confirmation: bool = setting(
        "PHONE_CONFIRMATION",
        SWITCH,
        "on",
        "Whether a number counts only after a code that was sent to it; `off` takes what is typed.",
    )
    code_sign_in: bool = setting(
        "PHONE_CODE_SIGN_IN", SWITCH, "on", "Whether a code by SMS logs in whoever has a confirmed number."
    )
    code_expiry: int = setting(
        "CODE_EXPIRY", whole_number(1, 3600, "seconds"), "600", "Seconds until a code by SMS expires."
    )
    sms_url: SplitResult | None = setting(
        "SMS_URL",
        SMS_URL,
        None,
        "What sends SMS: `twilio://SID:TOKEN@`, `messagebird://KEY@`, `vonage://KEY:SECRET@`, or an `https://` address "
        "to which `{to, text}` is posted; without one they stand at `/outbox`, where emails do.",
    )
    sender: str | None = setting(
        "SMS_FROM",
        SMS_FROM,
        None,
        "The sender of SMS: a phone number, or up to 11 letters; not for a webhook.",
        _check_sender,
    )
    countries: tuple[str, ...] = setting(
        "SMS_COUNTRIES",
        SMS_COUNTRIES,
        Computed(_default_countries, f"`{COUNTRIES}`; `all` without `SMS_URL`"),
        "The countries whose numbers get SMS, such as `AT,DE`, or `all`: to each more of them strangers can have you "
        "send.",
        _check_countries,
    )
    daily_limit: int = setting(
        "SMS_DAILY_LIMIT",
        whole_number(1, 10_000_000),
        "500",
        "How many SMS are sent a day (UTC) at most, whoever asks for them; then none until the day is over, which the "
        "log and `/smsz` tell.",
    )
    service: SmsService | None = derived(_find_service, is_secret=True)
