"""What this backend has beside Altogic's contract, so that a client need not guess it from answers."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.identity_shapes import provider_to_json
from backend.http.requests import BackendRequest, get_services
from backend.kernel.fields import PASSWORD_LENGTH
from backend.rules.context import Services
from backend.settings.phones import Phones

# Additions to Altogic's contract by name; docs/altogic-client.md tells what each of them is.
FEATURES = (
    "account.codes",
    "account.confirm",
    "account.events",
    "account.export",
    "account.factors",
    "account.identities",
    "account.leave",
    "account.lost-factors",
    "account.me",
    "account.name",
    "account.passkeys",
    "account.pending",
    "account.phone",
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
    services = get_services(request)
    settings = services.settings
    accounts, party, phones = settings.accounts, settings.passkeys.relying_party, settings.phones
    off = {"account.passkeys"} if party is None else set()
    off |= set() if phones.are_offered else {"account.phone"}
    return Json(
        {
            "features": [feature for feature in FEATURES if feature not in off],
            "providers": [_provider_to_json(services, each) for each in services.providers],
            "passkeys": {"rpId": party.id, "origin": party.origin} if party else None,
            "phones": _phones_to_json(phones) if phones.are_offered else None,
            "emailConfirmation": accounts.email_confirmation,
            "sessionLifetime": accounts.session_lifetime,
            "passwordMinimum": PASSWORD_LENGTH.start,
        }
    )


def _provider_to_json(services: Services, provider: str) -> dict[str, str]:
    """Return what there is to know of a provider: `{id, name, url}`, the address at which a log-in begins."""
    return provider_to_json(services, provider) | {"url": f"{services.settings.public.url}/_auth/{provider}"}


def _phones_to_json(phones: Phones) -> dict[str, Any]:
    """Return what a client has to know of phone numbers; `countries` is null where numbers of all can be used."""
    return {
        "codeSignIn": phones.code_sign_in,
        "confirmation": phones.confirmation,
        "codeLifetime": phones.code_expiry,
        "countries": list(phones.countries) or None,
    }


ROUTES: list[Route] = [Route("/account/capabilities", show, methods=["GET"])]
