"""Facts put into words for people, in the visitor's language: refusals by their code, devices, times."""

from collections.abc import Callable, Mapping
from datetime import date as Date  # noqa: N812  # `date` is a filter of templates
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta

from translations.devices import describe_device
from web.api.shapes import Device
from web.i18n.locale import current_locale, ngettext
from web.i18n.locale import gettext as _
from web.photos.decoder import refusal
from web.photos.decoder.refusal import Refused

# Called, not kept: the words are looked up in the language of the request that meets the refusal.
REFUSALS: dict[str, Callable[[], str]] = {
    "invalid_sign_in_credentials": lambda: _("Email address or password is incorrect."),
    "invalid_credentials": lambda: _("Password is incorrect."),
    "invalid_provider_sign_in": lambda: _("This account has no password. Request a login link instead."),
    "email_not_verified": lambda: _(
        "This email address hasn’t been confirmed yet. Open the link in the email we sent you."
    ),
    "unsupported_email": lambda: _(
        "Our mail server only accepts letters without accents (a to z) before the @. Use a different email address."
    ),
    "email_not_unique": lambda: _("There’s already an account with this email address. Log in instead."),
    "invalid_access_token": lambda: _("This link no longer works. Request a new one."),
    "request_body_size_too_large": lambda: _("You’ve run out of space."),
    "file_upload_error": lambda: _("The photo couldn’t be saved. Try again."),
}
FIELD_REFUSALS: dict[str, Callable[[], str]] = {
    "email": lambda: _("Enter an email address in the correct format, like name@example.com."),
    "name": lambda: _("Name must be 1 to 100 characters, on one line."),
}
PHOTO_REFUSALS: dict[str, Callable[[], str]] = {
    refusal.NOTHING: lambda: _("Choose a photo."),
    refusal.UNKNOWN: lambda: _("The photo must be a JPG, PNG, WebP, AVIF or HEIC."),
    refusal.DAMAGED: lambda: _("This photo is damaged. Choose another one."),
    refusal.MOVES: lambda: _("Animated images aren’t supported. Choose a still photo."),
    refusal.SCANS: lambda: _("This JPG is stored in %(has)s layers. Choose one with at most %(most)s."),
    refusal.PIXELS: lambda: _(
        "This photo has %(has)s megapixels. Save it as a JPG, or choose one with at most %(most)s."
    ),
    refusal.COSTLY: lambda: _("This photo takes too long to open. Save it again as a JPG, or choose another one."),
}

FINEST = timedelta(minutes=5)


def word_refusal(refused: Mapping[str, Any]) -> str:
    """Our words for the code; for a code we do not know, the backend's message."""
    details = refused.get("details")
    parameter = str(details.get("param")) if isinstance(details, Mapping) else ""
    words = REFUSALS.get(str(refused.get("code"))) or FIELD_REFUSALS.get(parameter)
    return words() if words else str(refused.get("message") or _("That didn’t work. Try again."))


def waiting_time(seconds: int) -> str:
    """ "3 minutes"; never less than one, so that nobody comes back too early."""
    minutes = max(1, -(-seconds // 60))
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


def mail_is_there() -> str:
    """For who asks too often for a mail. Who has an account it does not tell."""
    return _(
        "If this address has an account or a sign-up to confirm, our latest email is already in its inbox."
        " Check the spam folder too."
    )


def format_duration(seconds: int) -> str:
    """ "1 hour", "90 minutes": in the largest unit that tells it whole."""
    minutes = max(1, seconds // 60)
    if minutes % 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    return ngettext("%(number)s hour", "%(number)s hours", minutes // 60) % {"number": minutes // 60}


def device_in_words(device: Device) -> str:
    return describe_device(device.browser, device.system)


def format_age(span: timedelta) -> str:
    """ "25 minutes ago"; no finer than five minutes, for a session's last use is kept no finer."""
    if span < FINEST:
        return _("just now")
    return str(
        format_timedelta(-(span // FINEST) * FINEST, add_direction=True, locale=current_locale.get().language.locale)
    )


def format_datetime(instant: datetime) -> str:
    """In the reader's time zone; where that is not known, UTC, and it is said."""
    words = _("%(date)s, %(time)s UTC") if current_locale.get().is_told_utc else _("%(date)s, %(time)s")
    return words % {"date": date(instant), "time": _clock_time(current_locale.get().local(instant))}


def date(instant: datetime) -> str:
    """The day in the reader's time zone."""
    return _day(current_locale.get().local(instant).date(), current_locale.get().language.locale)


def time_of_day(instant: datetime) -> str:
    time = _clock_time(current_locale.get().local(instant))
    words = _("%(time)s UTC") if current_locale.get().is_told_utc else _("%(time)s")
    return words % {"time": time}


def _clock_time(local: datetime) -> str:
    return _minute(local.time().replace(second=0, microsecond=0), current_locale.get().language.locale)


# Of forty sessions most began on the same few days; to find the words for one takes longer than its whole row.
@lru_cache(maxsize=1024)
def _day(day: Date, locale: Locale) -> str:
    return str(format_date(day, "long", locale=locale))


@lru_cache(maxsize=1024)
def _minute(minute: time, locale: Locale) -> str:
    return str(format_skeleton("Hm", minute, locale=locale))


def word_photo_refusal(refused: Refused) -> str:
    """Why a photo is not kept, with the number that counted."""
    is_too_large_jpeg = refused.reason == refusal.PIXELS and refused.numbers.get("kind") == "JPG"
    words = _("This photo has %(has)s megapixels. Choose one with at most %(most)s.") if is_too_large_jpeg else ""
    return (words or PHOTO_REFUSALS[refused.reason]()) % refused.numbers
