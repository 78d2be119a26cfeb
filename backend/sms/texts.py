"""What an SMS says: one sentence for each purpose, and the line by which a browser fills the code in."""

from urllib.parse import urlsplit

from backend.kernel.phone_codes import Purpose
from serving.origins import is_loopback_address
from translations import gettext as _

CHANGED = "phone-changed"  # the kind of an SMS without a code
LONGEST = 160  # characters: more is paid for as two


def word_sms(purpose: str, code: str, product: str, site_host: str) -> str:
    """Word the SMS of a code, in the current locale.

    Its last line binds the code to the site (https://wicg.github.io/sms-one-time-codes/), where it has a name and the
    line has room.
    """
    text = _word_purpose(purpose) % {"code": code, "product": product}
    host = urlsplit(f"//{site_host}").hostname or ""
    bound = f"{text}\n\n@{host} #{code}"
    has_name = host not in ("", "localhost") and not is_loopback_address(host)
    return bound if has_name and len(bound) <= LONGEST else text


def word_changed(product: str) -> str:
    """Word the SMS to a number that an account had until now, in the current locale."""
    return _("Your account at %(product)s has another phone number now. If that was not you, tell whoever runs it.") % {
        "product": product
    }


def _word_purpose(purpose: str) -> str:
    # No typographic quotes: an SMS with one has room for 70 characters.
    match Purpose(purpose):
        case Purpose.SIGN_IN:
            return _("%(code)s is your code to log in to %(product)s. Never give it to anyone.")
        case Purpose.RESET:
            return _("%(code)s is your code for a new password at %(product)s. Never give it to anyone.")
        case _purpose:
            return _("%(code)s is your code to confirm this phone number at %(product)s. Never give it to anyone.")
