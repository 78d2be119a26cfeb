"""Reading the second factor that a body holds."""

import json
from collections.abc import Callable
from typing import Any

from backend.kernel import fields
from backend.kernel.recovery_codes import read_recovery_code
from backend.kernel.refusals import invalid
from backend.kernel.totp import read_totp
from backend.rules.assertions import read_answer
from backend.rules.challenges import Binding, bind_to_session, bind_to_ticket
from backend.rules.factors import has_two_step
from backend.rules.passkey_proofs import PasskeyProof
from backend.rules.proofs import Proof
from backend.rules.recovery_codes import RecoveryProof
from backend.rules.sessions import SignedIn
from backend.rules.totp import TotpProof

SHORTEST_BROWSER, LONGEST_BROWSER = 22, 200  # characters; 128 random bits take the first


def read_step_proof(body: dict[str, Any]) -> Proof:
    """Read the second factor of a second step: `{code}`, an app's, `{recoveryCode}`, or `{credential, browser}`, for
    this `ticket`.

    Raises `validation_error` where there is none.
    """
    ticket = str(body.get("ticket"))
    proof = _find_proof(body, totp="code", bind=lambda browser: bind_to_ticket(browser, ticket))
    if proof is None:
        raise invalid("code", "A second factor is needed.")
    return proof


def find_confirmation_proof(body: dict[str, Any], me: SignedIn) -> Proof | None:
    """Find the factor that is to confirm the caller's session: `{totp}`, `{recoveryCode}`, or `{credential, browser}`,
    for this session.

    Beside a first factor a passkey need not check who holds it, no more than an app does.
    """

    def bind(browser: str) -> Binding:
        return bind_to_session(browser, me.session.id)

    return _find_proof(body, totp="totp", bind=bind, needs_verification=not has_two_step(me.user))


def _find_proof(
    body: dict[str, Any], *, totp: str, bind: Callable[[str], Binding], needs_verification: bool = False
) -> Proof | None:
    if totp in body:
        return TotpProof(read_totp(body[totp], totp))
    if "recoveryCode" in body:
        return RecoveryProof(read_recovery_code(body["recoveryCode"], "recoveryCode"))
    if "credential" in body:
        credential, binding = body["credential"], bind(read_browser(body.get("browser")))
        return PasskeyProof(read_answer(credential), json.dumps(credential), binding, needs_verification)
    return None


def read_browser(value: Any, param: str = "browser") -> str:
    """Read the random text by which a site knows a browser."""
    text = fields.text(value, param, limit=LONGEST_BROWSER)
    if len(text) < SHORTEST_BROWSER:
        raise invalid(param, f"{param} must be a random text of {SHORTEST_BROWSER} to {LONGEST_BROWSER} characters.")
    return text
