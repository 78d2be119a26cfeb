"""Keys: random tokens, secrets derived from other secrets (HMAC), and the hashes that are stored of them."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Any

ID = re.compile(r"[0-9a-f]{24}")


def new_id() -> str:
    """Return 24 random hex digits: unlike a sequence, processes and databases need not agree on them."""
    return secrets.token_hex(12)


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Hash a secret for the database: SHA-256, 64 hex digits. A plain hash is enough, as each secret has 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Keyring:
    """Derives secrets from SECRET_KEY. The first secret key makes new ones, all of them recover old ones."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secret_keys = tuple(secret_keys)

    def derive_link_key(self, link_id: str) -> str:
        """Derive the `key` of a mailed link: never stored, so neither database nor outbox holds a usable link."""
        return _derive(self._secret_keys[0].encode(), f"mailed-link:{link_id}")

    def derive_session_token(self, name: str) -> str:
        """Derive a session token from a name that nobody can guess; the same name gives the same token."""
        return _derive(self._secret_keys[0].encode(), f"session:{name}")

    def derive_provider_token(self, state: str) -> str:
        """Derive what a log-in at a provider ends with from its `state`: the same again if the browser comes twice."""
        return _derive(self._secret_keys[0].encode(), f"provider:{state}")

    def derive_pseudonym(self, name: str) -> str:
        """Derive a pseudonym for a name that must not be stored. Without the secret key no guess can be checked."""
        return hmac.digest(self._secret_keys[0].encode(), f"pseudonym:{name}".encode(), "sha256").hex()

    def sign(self, purpose: str, text: str) -> str:
        """Return the text with a signature, for a client that brings it back for this purpose."""
        return f"{text}.{_derive(self._secret_keys[0].encode(), f'signed:{purpose}:{text}')}"

    def unsign(self, purpose: str, signed: str) -> str | None:
        """Return the text that was signed for this purpose by any of the secret keys, or None."""
        text, _dot, signature = signed.rpartition(".")
        expected = (_derive(secret_key.encode(), f"signed:{purpose}:{text}") for secret_key in self._secret_keys)
        is_ours = any(hmac.compare_digest(signature.encode(), each.encode()) for each in expected)
        return text if is_ours else None

    def encrypt(self, secret: str) -> str:
        """Encrypt a secret that has to be read again, with authentication (Fernet): by the first secret key."""
        return str(self._make_fernet().encrypt(secret.encode()).decode())

    def decrypt(self, encrypted: str) -> str | None:
        """Return the secret that was encrypted by any of the secret keys. None: that secret key is gone."""
        from cryptography.fernet import InvalidToken  # imported here: few accounts need it, and it takes 9 MB

        try:
            return str(self._make_fernet().decrypt(encrypted.encode()).decode())
        except InvalidToken:
            return None

    def reencrypt(self, encrypted: str) -> str:
        """Return what was encrypted, encrypted by the first secret key: as it is, where it is already."""
        from cryptography.fernet import InvalidToken

        first = Keyring(self._secret_keys[:1])
        try:
            first._make_fernet().decrypt(encrypted.encode())
        except InvalidToken:
            return str(self._make_fernet().rotate(encrypted.encode()).decode())
        return encrypted

    def _make_fernet(self) -> Any:
        from cryptography.fernet import Fernet, MultiFernet

        keys = [hmac.digest(secret_key.encode(), b"encryption", "sha256") for secret_key in self._secret_keys]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def authenticate(self, text: str) -> bytes:
        """Return 32 bytes that prove that a text is ours (a MAC)."""
        return hmac.digest(self._secret_keys[0].encode(), f"authentic:{text}".encode(), "sha256")

    def is_authentic(self, text: str, mac: bytes) -> bool:
        """Tell whether these bytes were made of the text, by any of the secret keys."""
        expected = (hmac.digest(key.encode(), f"authentic:{text}".encode(), "sha256") for key in self._secret_keys)
        return any(hmac.compare_digest(mac, each) for each in expected)

    def recover_link_key(self, link_id: str, key_hash: str) -> str | None:
        """Derive the key of a stored link again, by whichever secret key made it. None: that secret key is gone."""
        return self._recover(f"mailed-link:{link_id}", key_hash)

    def derive_phone_code_key(self, name: str) -> str:
        """Derive the key of a code by SMS from its `name`: which code it is, of whom, for what and to which number."""
        return _derive(self._secret_keys[0].encode(), f"phone-code:{name}")

    def recover_phone_code_key(self, name: str, key_hash: str) -> str | None:
        """Derive the key of a code again, by whichever secret key made it. None: that secret key is gone."""
        return self._recover(f"phone-code:{name}", key_hash)

    def derive_recovery_seed(self, set_id: str) -> str:
        """Derive the seed of a set of recovery codes, which is stored as little as a link's key."""
        return _derive(self._secret_keys[0].encode(), f"recovery-codes:{set_id}")

    def recover_recovery_seed(self, set_id: str, seed_hash: str) -> str | None:
        """Derive the seed of a set again, by whichever secret key made it. None: that secret key is gone."""
        return self._recover(f"recovery-codes:{set_id}", seed_hash)

    def _recover(self, name: str, hash_: str) -> str | None:
        for secret_key in self._secret_keys:
            secret = _derive(secret_key.encode(), name)
            if hmac.compare_digest(hash_secret(secret), hash_):
                return secret
        return None


def derive_access_token(link_key: str) -> str:
    """Derive the access token of a link from its key, so that opening it twice gives the same and writes nothing."""
    return _derive(link_key.encode(), "access-token")


def derive_handle(link_key: str) -> str:
    """Derive the handle of a link, which names it and has its mail sent again. It opens nothing."""
    return _derive(link_key.encode(), "reference")


def _derive(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
