"""The letters about accounts at providers. Which provider it is stands in the details of their links."""

from backend.mail.letter import DISOWNABLE_FOR, LOG_IN, RESET, Letter
from translations import gettext as _

CONNECT_LINK = Letter(
    "magic-link-connect",
    LOG_IN,
    lambda: _("Connect your account"),
    lambda product: _("Connect your account: your login link for %(product)s") % {"product": product},
    lambda: _("Log in and connect"),
    has_code=True,
    subject_with_code=lambda product, code: (
        _("Connect your account: your login link for %(product)s, code %(code)s") % {"product": product, "code": code}
    ),
)
IDENTITY_CONNECTED = Letter(
    "identity-connected",
    RESET,
    lambda: _("Account connected"),
    lambda product: _("Account connected: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
IDENTITY_REMOVED = Letter(
    "identity-removed",
    RESET,
    lambda: _("Account disconnected"),
    lambda product: _("Account disconnected: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
