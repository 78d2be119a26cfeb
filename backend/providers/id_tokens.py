"""ID tokens (OpenID Connect Core 3.1.3.7): what in them is checked before anything is believed."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, import_key

from backend.kernel.base64url import encode
from backend.providers.interface import ProviderError

# Of our own list, whatever the provider announces: neither `none` nor what is signed with a shared secret.
ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
HASHES = {"RS256": hashlib.sha256, "PS256": hashlib.sha256, "ES256": hashlib.sha256, "Ed25519": hashlib.sha512}
CURVES = {"RSA": None, "EC": "P-256", "OKP": "Ed25519"}  # by type of key: those of the algorithms
MOST_KEYS = 50
LONGEST_NUMBER = 1400  # characters of an RSA key's modulus: 8192 bits
LONGEST = 16 * 1024  # characters
LEEWAY = timedelta(seconds=30)
END_OF_TIME = 2**53  # seconds; a larger number is none that can be added to
OLDEST = timedelta(minutes=10)  # as long as a log-in may take


class UnknownKeyError(Exception):
    """The signature is by none of the keys that are known: they may have changed."""


def import_keys(document: Any) -> KeySet:
    """Import the keys of a JWKS that may sign. Raises ProviderError where there is none."""
    listed = document.get("keys") if isinstance(document, dict) else None
    may_sign = filter(_may_sign, (listed if isinstance(listed, list) else [])[:MOST_KEYS])
    keys = [key for key in map(_import_key, may_sign) if key]
    if not keys:
        raise ProviderError("provider_refused", "keys that cannot be read")
    return KeySet(keys)


def _import_key(key: Any) -> Key | None:
    """Import a key, if it can be read: a broken one must not keep the others from being used (RFC 7517, 5)."""
    try:
        return import_key(key)
    except (ValueError, TypeError, KeyError, JoseError):
        return None


def _may_sign(key: Any) -> bool:
    if not isinstance(key, dict) or str(key.get("kty")) not in CURVES or key.get("use", "sig") != "sig":
        return False
    if key.get("crv") != CURVES[key["kty"]]:
        return False
    return len(str(key.get("n", ""))) <= LONGEST_NUMBER and len(str(key.get("e", ""))) <= 8  # more takes long


def read_id_token(token: Any, keys: KeySet) -> tuple[str, Mapping[str, Any]]:
    """Check the signature of an ID token. Return the algorithm, and what it claims.

    Raises UnknownKeyError where it may be another key's, and ProviderError.
    """
    if not isinstance(token, str) or len(token) > LONGEST:
        raise ProviderError("provider_refused", "no ID token")
    try:
        read = jwt.decode(token, keys, algorithms=ALGORITHMS)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKeyError from error
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ProviderError("provider_refused", "its signature") from error
    return str(read.header["alg"]), read.claims


def check_claims(
    claims: Mapping[str, Any],
    *,
    client_id: str,
    nonce: str,
    is_issuer: Callable[[Any, Mapping[str, Any]], bool],
    now: datetime,
) -> None:
    """Check whose, for whom and how old an ID token is. Raises ProviderError for the first claim that is wrong."""
    checks = {
        "iss": is_issuer(claims.get("iss"), claims),
        "aud": _is_for(claims, client_id),
        "exp": _is_time(claims.get("exp")) and now.timestamp() < claims["exp"] + LEEWAY.total_seconds(),
        "iat": _is_time(claims.get("iat")) and _is_recent(claims["iat"], now),
        "nbf": "nbf" not in claims or (_is_time(claims["nbf"]) and claims["nbf"] <= (now + LEEWAY).timestamp()),
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode("utf-8", "replace"), nonce.encode()),
    }
    for claim, is_right in checks.items():
        if not is_right:
            raise ProviderError("provider_refused", f"its {claim}")


def check_access_token(algorithm: str, claims: Mapping[str, Any], access_token: str) -> None:
    """Check that an access token is the one that came with an ID token, where that says so (3.1.3.8)."""
    if "at_hash" not in claims:
        return
    digest = HASHES[algorithm](access_token.encode()).digest()
    if claims["at_hash"] != encode(digest[: len(digest) // 2]):
        raise ProviderError("provider_refused", "its at_hash")


def is_true(value: Any) -> bool:
    """Tell whether a claim says yes: some providers write it as a text."""
    return value is True or value == "true"


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """Tell whether the token is for us: for us alone, or got by us."""
    audience = claims.get("aud")
    if audience not in (client_id, [client_id]):
        is_among = isinstance(audience, list) and client_id in audience
        return is_among and claims.get("azp") == client_id
    return bool(claims.get("azp", client_id) == client_id)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < END_OF_TIME


def _is_recent(issued: float, now: datetime) -> bool:
    return bool((now - OLDEST - LEEWAY).timestamp() <= issued <= (now + LEEWAY).timestamp())
