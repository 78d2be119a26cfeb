"""The authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636), as far as all providers speak it alike."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

from backend.providers.interface import Flow, ProviderError

CANCELLED = frozenset({"access_denied", "user_cancelled_authorize", "user_denied"})  # what an error is called then

# Asks which account, of somebody who has several there or is logged in to one already (OpenID Connect Core 3.1.2.1).
SELECT_ACCOUNT = "select_account"


def make_authorization_query(flow: Flow, client_id: str, scope: str, *, asks_which: bool) -> dict[str, str]:
    """Make the query of the address at which a log-in begins; `asks_which`: account, before anything else."""
    choosing = {"prompt": SELECT_ACCOUNT} if asks_which else {}
    return choosing | {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": flow.callback,
        "scope": scope,
        "state": flow.state,
        "code_challenge": flow.challenge,
        "code_challenge_method": "S256",
    }


def read_code(answer: Mapping[str, str]) -> str:
    """Return the code of an answer. Raises ProviderError for one that says no, or says nothing."""
    if error := answer.get("error", ""):
        raise ProviderError("permission_denied" if error in CANCELLED else "provider_refused", "an error came back")
    if not answer.get("code"):
        raise ProviderError("provider_refused", "no code")
    return answer["code"]


def make_token_form(flow: Flow, code: str) -> dict[str, str]:
    """Make the form by which a code is exchanged, without the client's credentials."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": flow.callback,
        "code_verifier": flow.verifier,
    }


def make_basic_authorization(client_id: str, secret: str) -> str:
    """Make the header of a client's credentials, each encoded as in a form (RFC 6749, 2.3.1)."""
    credentials = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"
