"""An authenticator: makes a passkey and signs with it, and says it as a browser would, in JSON."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED, EXTENDED = 1, 4, 8, 16, 64, 128  # bits


@dataclass
class Authenticator:
    """With one passkey. What a test changes about it is what the next answer says; it learns its `handle` when made."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    count: int = 0
    step: int = 0  # how much it counts with each use; of most it is nothing
    aaguid: bytes = bytes(16)
    transports: tuple[str, ...] = ("internal",)
    is_discoverable: bool | None = True
    handle: str | None = None
    extensions: bytes = b""  # what the authenticator says of its own extensions, in CBOR
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def id(self) -> str:
        return encode(self.credential_id)

    def creates(self, options: Mapping[str, Any], **client_data: Any) -> str:
        """Answer to the options of a new passkey, with more or other client data."""
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        made = self.aaguid + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public_key
        data = self._describe(options["rp"]["id"], self.flags | ATTESTED) + made + self.extensions
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"attestationObject": encode(attestation), "transports": list(self.transports)}
        properties = {} if self.is_discoverable is None else {"credProps": {"rk": self.is_discoverable}}
        return self._tell("webauthn.create", options, client_data, response, properties)

    def signs(self, options: Mapping[str, Any], **client_data: Any) -> str:
        """Answer to the options of a log-in, with more or other client data."""
        self.count += self.step
        data = self._describe(options["rpId"], self.flags) + self.extensions
        response = {"authenticatorData": encode(data), "userHandle": self.handle}
        return self._tell("webauthn.get", options, client_data, response, {}, signing=data)

    def _describe(self, domain: str, flags: int) -> bytes:
        flags |= EXTENDED if self.extensions else 0
        return hashlib.sha256(domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _tell(
        self,
        kind: str,
        options: Mapping[str, Any],
        more: Mapping[str, Any],
        response: dict[str, Any],
        extensions: Mapping[str, Any],
        signing: bytes = b"",
    ) -> str:
        client_data = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        said = json.dumps({**client_data, **more}).encode()
        response["clientDataJSON"] = encode(said)
        if signing:
            signature = self.key.sign(signing + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
            response["signature"] = encode(signature)
        told = {"id": self.id, "rawId": self.id, "type": "public-key", "authenticatorAttachment": "platform"}
        return json.dumps({**told, "response": response, "clientExtensionResults": extensions})


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
