"""Words for facts, in the visitor's locale: refusals by their code, devices, durations."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from translations.devices import describe_device
from translations.formatting import format_duration
from web.api.shapes import Device
from web.i18n.locale import gettext as _
from web.photos.decoder import refusal
from web.photos.decoder.refusal import PhotoRefused

# Functions, so that the words are looked up in the locale of the request that is refused.
REFUSALS: dict[str, Callable[[], str]] = {
    "invalid_sign_in_credentials": lambda: _("Email address or password is incorrect."),
    "invalid_credentials": lambda: _("This isn’t your current password."),
    "invalid_provider": lambda: _("This account has no password."),
    "invalid_provider_sign_in": lambda: _("This account has no password. Request a login link instead."),
    "email_not_verified": lambda: _(
        "This email address hasn’t been confirmed yet. Open the link in the email we sent you."
    ),
    "unsupported_email": lambda: _(
        "Our mail server only accepts letters without accents (a to z) before the @. Use a different email address."
    ),
    "email_not_unique": lambda: _("There’s already an account with this email address. Log in instead."),
    "invalid_access_token": lambda: _("This link no longer works. Request a new one."),
    "wrong_code": lambda: _("This code isn’t right, or it no longer works. Check the newest email, or resend it."),
    "wrong_passkey": lambda: _("We couldn’t verify this passkey. Try again, or choose another way."),
    "unknown_passkey": lambda: _("This passkey isn’t known here any more. Use another one, or choose another way."),
    "challenge_expired": lambda: _("That took too long. Try again."),
    "passkey_known": lambda: _("There’s an account with this passkey already."),
    "too_many_passkeys": lambda: _("You can’t have more passkeys. Remove one first."),
    "last_way_in": lambda: _("This passkey is your only way to log in. Add another way before you remove it."),
    "request_body_size_too_large": lambda: _("You’ve run out of space."),
    "file_upload_error": lambda: _("The photo couldn’t be saved. Try again."),
}
FIELD_REFUSALS: dict[str, Callable[[], str]] = {
    "email": lambda: _("Enter an email address in the correct format, like name@example.com."),
    "code": lambda: _("Enter the 8 letters of the code, such as WDJB-MJHT."),
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
    return format_duration(timedelta(minutes=-(-seconds // 60)))


def format_seconds(seconds: int) -> str:
    """Format a duration, such as "1 hour" or "90 minutes"."""
    return format_duration(timedelta(seconds=seconds))


def word_newest_mail() -> str:
    """Word a hint for too many requests for a mail, which does not reveal who has an account."""
    return _(
        "If this address has an account or a sign-up to confirm, our latest email is already in its inbox."
        " Check the spam folder too."
    )


def format_device(device: Device) -> str:
    """Format a browser and its system for use within a sentence."""
    return describe_device(device.browser, device.system)


def word_photo_refusal(refused: PhotoRefused) -> str:
    """Say why a photo is refused, with the number that decided."""
    is_too_large_jpeg = refused.reason == refusal.TOO_MANY_PIXELS and refused.numbers.get("kind") == "JPG"
    words = _("This photo has %(has)s megapixels. Choose one with at most %(most)s.") if is_too_large_jpeg else ""
    return (words or PHOTO_REFUSALS[refused.reason]()) % refused.numbers
