"""The letters about accounts at providers. Which provider it is stands in the details of their links."""

from backend.mail.letter import LOG_IN, Letter, make_notice
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
IDENTITY_CONNECTED = make_notice("identity-connected", lambda: _("Account connected"))
IDENTITY_REMOVED = make_notice("identity-removed", lambda: _("Account disconnected"))
