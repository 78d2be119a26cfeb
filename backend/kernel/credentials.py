"""Credentials: what a browser brings back from an authenticator (WebAuthn, Level 3), read within bounds and verified.

The library that verifies is imported when it is first needed, in the thread that needs it: it takes as much memory as a
sixth of the program, and a program whose people have no passkeys need not have it.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

from backend.kernel import base64url
from backend.kernel.cbor import has_tag, has_tag_in_authenticator_data
from backend.kernel.refusals import invalid

P = ParamSpec("P")
T = TypeVar("T")

LARGEST = 8 * 1024  # bytes; one of an authenticator takes less than one
LONGEST_ID = 1023  # bytes, by the standard
ALGORITHMS = (-8, -7, -257)  # EdDSA, ES256, RS256, in COSE's numbers, the preferred one first
TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")  # how an authenticator is reached
verifying = ThreadPoolExecutor(1, thread_name_prefix="passkeys")  # a stranger's key may be as large as the bound allows


class WrongCredentialError(Exception):
    """A credential that proves nothing. The text is ours, or the name of an error's class: nothing that was sent."""


@dataclass(frozen=True)
class Credential:
    """A credential as it was sent. Nothing in it is proven yet. `id` is base64url; `user_handle` is None where the
    authenticator tells none."""

    id: str
    challenge: bytes
    user_handle: str | None
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Assertion:
    """What a verified log-in says. `is_verified`: the authenticator has checked who holds it, not only that somebody
    does."""

    is_verified: bool
    sign_count: int
    is_backup_eligible: bool
    is_backed_up: bool


@dataclass(frozen=True)
class Attestation:
    """What a verified new credential says. `credential_id` is the one that was signed. `is_discoverable` and
    `transports` are said by the browser, and not signed."""

    credential_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    aaguid: str
    is_verified: bool
    is_backup_eligible: bool
    is_backed_up: bool
    is_discoverable: bool | None
    transports: tuple[str, ...]


def read_credential(value: object, param: str = "credential") -> Credential:
    """Read a credential, JSON as `PublicKeyCredential.toJSON()` makes it, or that JSON's text.

    Raises `validation_error` for what is no text of up to LARGEST bytes, and WrongCredentialError.
    """
    text = json.dumps(value) if isinstance(value, dict) else value
    if not isinstance(text, str) or not text or len(text.encode()) > LARGEST:
        raise invalid(param, f"The credential must be a text of 1 to {LARGEST} bytes.")
    return _guard(_read, text)


async def verify_assertion(
    credential: Credential, *, challenge: bytes, domain: str, origin: str, public_key: bytes
) -> Assertion:
    """Verify a log-in with a known public key. Raises WrongCredentialError."""
    return await _in_thread(_verify_assertion, credential, challenge, domain, origin, public_key)


async def verify_attestation(credential: Credential, *, challenge: bytes, domain: str, origin: str) -> Attestation:
    """Verify a new credential. Who has made the authenticator is not asked for. Raises WrongCredentialError."""
    return await _in_thread(_verify_attestation, credential, challenge, domain, origin)


def _read(text: str) -> Credential:
    content = json.loads(text)
    response = content["response"]
    client_data = json.loads(base64url.decode(response["clientDataJSON"]))
    # A page in a frame of somebody else's: neither is in what the library looks at.
    if client_data.get("crossOrigin") not in (None, False) or "topOrigin" in client_data:
        raise WrongCredentialError("cross-origin")
    if not 0 < len(base64url.decode(content["id"])) <= LONGEST_ID:
        raise WrongCredentialError("length of the id")
    handle = response.get("userHandle")
    return Credential(
        id=content["id"],
        challenge=base64url.decode(client_data["challenge"]),
        user_handle=None if handle is None else base64url.encode(base64url.decode(handle)),
        content=content,
    )


def _verify_assertion(
    credential: Credential, challenge: bytes, domain: str, origin: str, public_key: bytes
) -> Assertion:
    from webauthn import verify_authentication_response
    from webauthn.helpers.structs import CredentialDeviceType

    _refuse_tags(base64url.decode(credential.content["response"]["authenticatorData"]))
    verified = verify_authentication_response(
        credential=dict(credential.content),
        expected_challenge=challenge,
        expected_rp_id=domain,
        expected_origin=origin,
        credential_public_key=public_key,
        credential_current_sign_count=0,  # it would be compared before the signature is
    )
    return Assertion(
        is_verified=verified.user_verified,
        sign_count=verified.new_sign_count,
        is_backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=verified.credential_backed_up,
    )


def _verify_attestation(credential: Credential, challenge: bytes, domain: str, origin: str) -> Attestation:
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_cbor
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import CredentialDeviceType

    attestation = base64url.decode(credential.content["response"]["attestationObject"])
    if has_tag(attestation):
        raise WrongCredentialError("tag")
    _refuse_tags(parse_cbor(attestation)["authData"])
    verified = verify_registration_response(
        credential=dict(credential.content),
        expected_challenge=challenge,
        expected_rp_id=domain,
        expected_origin=origin,
        supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
    )
    if not 0 < len(verified.credential_id) <= LONGEST_ID:
        raise WrongCredentialError("length of the id")
    return Attestation(
        credential_id=base64url.encode(verified.credential_id),
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        aaguid=verified.aaguid,
        is_verified=verified.user_verified,
        is_backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=verified.credential_backed_up,
        is_discoverable=_read_discoverable(credential.content),
        transports=_read_transports(credential.content),
    )


def _refuse_tags(authenticator_data: bytes) -> None:
    if has_tag_in_authenticator_data(authenticator_data):
        raise WrongCredentialError("tag")


def _read_discoverable(content: Mapping[str, Any]) -> bool | None:
    properties = content.get("clientExtensionResults", {}).get("credProps", {})
    found = properties.get("rk")
    return found if isinstance(found, bool) else None


def _read_transports(content: Mapping[str, Any]) -> tuple[str, ...]:
    told = content["response"].get("transports") or []
    return tuple(transport for transport in TRANSPORTS if transport in told)


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(verifying, partial(_guard, work, *args, **kwargs))


def _guard(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what a stranger's words can break in more ways than the library says: this is the one wall for all of them."""
    try:
        return work(*args, **kwargs)
    except WrongCredentialError:
        raise
    except Exception as error:
        raise WrongCredentialError(type(error).__name__) from None
