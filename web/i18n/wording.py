"""Words for facts, in the visitor's locale: refusals by their code, devices, dates and durations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale, dates

from translations.devices import describe_device
from web.api.shapes import Device
from web.i18n.locale import current_locale, ngettext
from web.i18n.locale import gettext as _
from web.photos.decoder import refusal
from web.photos.decoder.refusal import PhotoRefused

# Functions, so that the words are looked up in the locale of the request that is refused.
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
    refusal.NO_FILE: lambda: _("Choose a photo."),
    refusal.UNKNOWN_FORMAT: lambda: _("The photo must be a JPG, PNG, WebP, AVIF or HEIC."),
    refusal.DAMAGED: lambda: _("This photo is damaged. Choose another one."),
    refusal.ANIMATED: lambda: _("Animated images aren’t supported. Choose a still photo."),
    refusal.TOO_MANY_SCANS: lambda: _("This JPG is stored in %(has)s layers. Choose one with at most %(most)s."),
    refusal.TOO_MANY_PIXELS: lambda: _(
        "This photo has %(has)s megapixels. Save it as a JPG, or choose one with at most %(most)s."
    ),
    refusal.TOO_COSTLY: lambda: _("This photo takes too long to open. Save it again as a JPG, or choose another one."),
}

FINEST = timedelta(minutes=5)


def word_refusal(refused: Mapping[str, Any]) -> str:
    """Return our words for a refusal's code; for an unknown code, the backend's message.

    `refused` is an item of ApiError: `{"code": ..., "message": ..., "details": {"param": ...}}`.
    """
    details = refused.get("details")
    parameter = str(details.get("param")) if isinstance(details, Mapping) else ""
    words = REFUSALS.get(str(refused.get("code"))) or FIELD_REFUSALS.get(parameter)
    return words() if words else str(refused.get("message") or _("That didn’t work. Try again."))


def format_wait(seconds: int) -> str:
    """Format the seconds of Retry-After, such as "3 minutes"; rounded up, so that nobody comes back too early."""
    minutes = max(1, -(-seconds // 60))
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


def word_newest_mail() -> str:
    """Word a hint for too many requests for a mail, which does not reveal who has an account."""
    return _(
        "If this address has an account or a sign-up to confirm, our latest email is already in its inbox."
        " Check the spam folder too."
    )


def format_duration(seconds: int) -> str:
    """Format a duration in the largest unit that needs no fraction, such as "1 hour" or "90 minutes"."""
    minutes = max(1, seconds // 60)
    if minutes % 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    return ngettext("%(number)s hour", "%(number)s hours", minutes // 60) % {"number": minutes // 60}


def format_device(device: Device) -> str:
    """Format a browser and its system for use within a sentence."""
    return describe_device(device.browser, device.system)


def format_age(span: timedelta) -> str:
    """Format an age, such as "25 minutes ago", in steps of five minutes: a session's last use is stored no finer."""
    if span < FINEST:
        return _("just now")
    return str(
        dates.format_timedelta(
            -(span // FINEST) * FINEST, add_direction=True, locale=current_locale.get().language.locale
        )
    )


def format_datetime(instant: datetime) -> str:
    """Format date and time in the visitor's time zone; where it is unknown in UTC, with that word."""
    words = _("%(date)s, %(time)s UTC") if current_locale.get().is_told_utc else _("%(date)s, %(time)s")
    return words % {"date": format_date(instant), "time": _format_clock(current_locale.get().local(instant))}


def format_date(instant: datetime) -> str:
    """Format the day in the visitor's time zone."""
    return _format_day(current_locale.get().local(instant).date(), current_locale.get().language.locale)


def format_time(instant: datetime) -> str:
    """Format the time of day in the visitor's time zone; where it is unknown in UTC, with that word."""
    time = _format_clock(current_locale.get().local(instant))
    words = _("%(time)s UTC") if current_locale.get().is_told_utc else _("%(time)s")
    return words % {"time": time}


def _format_clock(local: datetime) -> str:
    return _format_minute(local.time().replace(second=0, microsecond=0), current_locale.get().language.locale)


# Most of forty sessions began on the same few days, and formatting one takes longer than rendering its row.
@lru_cache(maxsize=1024)
def _format_day(day: date, locale: Locale) -> str:
    return str(dates.format_date(day, "long", locale=locale))


@lru_cache(maxsize=1024)
def _format_minute(minute: time, locale: Locale) -> str:
    return str(dates.format_skeleton("Hm", minute, locale=locale))


def word_photo_refusal(refused: PhotoRefused) -> str:
    """Say why a photo is refused, with the number that decided."""
    is_too_large_jpeg = refused.reason == refusal.TOO_MANY_PIXELS and refused.numbers.get("kind") == "JPG"
    words = _("This photo has %(has)s megapixels. Choose one with at most %(most)s.") if is_too_large_jpeg else ""
    return (words or PHOTO_REFUSALS[refused.reason]()) % refused.numbers
