"""Reading the second factor that a body holds."""

from typing import Any

from backend.kernel.refusals import invalid
from backend.kernel.totp import read_totp
from backend.rules.proofs import Proof
from backend.rules.totp import TotpProof


def read_proof(body: dict[str, Any]) -> Proof:
    """Read the second factor of a second step: `{code}`, an app's. Raises `validation_error` where there is none."""
    proof = find_proof(body, totp="code")
    if proof is None:
        raise invalid("code", "A second factor is needed.")
    return proof


def find_proof(body: dict[str, Any], *, totp: str) -> Proof | None:
    """Find the second factor that a body holds, or None. `totp` is the field of an app's code.

    Raises `validation_error` for one that cannot be read.
    """
    if totp in body:
        return TotpProof(read_totp(body[totp], totp))
    return None
