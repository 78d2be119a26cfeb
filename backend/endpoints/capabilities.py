"""What this backend has beside Altogic's contract, so that a client need not guess it from answers."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, get_services
from backend.kernel.fields import PASSWORD_LENGTH

# Additions to Altogic's contract by name; docs/altogic-client.md tells what each of them is.
FEATURES = (
    "account.codes",
    "account.confirm",
    "account.events",
    "account.export",
    "account.factors",
    "account.leave",
    "account.lost-factors",
    "account.me",
    "account.name",
    "account.passkeys",
    "account.pending",
    "account.recovery-codes",
    "emails.codes",
    "emails.pending",
    "emails.recent",
    "events.disown",
    "factors.others",
    "leave.now",
    "links.describe",
    "links.disown",
    "links.resend",
    "mail.status",
    "passwords.count",
    "passwords.others",
    "registrations.secret",
    "sessions.label",
    "sessions.pages",
    "users.locale",
)


async def show(request: BackendRequest) -> Response:
    """Answer with the names of our additions, and the settings that a client has to know."""
    settings = get_services(request).settings
    accounts, party = settings.accounts, settings.passkeys.relying_party
    return Json(
        {
            "features": [feature for feature in FEATURES if party or feature != "account.passkeys"],
            "providers": [],
            "passkeys": {"rpId": party.id, "origin": party.origin} if party else None,
            "emailConfirmation": accounts.email_confirmation,
            "sessionLifetime": accounts.session_lifetime,
            "passwordMinimum": PASSWORD_LENGTH.start,
        }
    )


ROUTES: list[Route] = [Route("/account/capabilities", show, methods=["GET"])]
