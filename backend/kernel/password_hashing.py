"""Hashing passwords with argon2id, in a small pool of threads so that a storm of log-ins never slows a page."""

import base64
import hmac
import os
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import argon2
from argon2.low_level import Type, hash_secret

from backend.kernel.refusals import RefusalError, refusal
from serving.pool import BoundedPool, PoolFullError

T = TypeVar("T")

SALT_LENGTH = 16  # bytes


def _make_parameters(*, passes: int, kibibytes: int) -> argon2.Parameters:
    return argon2.Parameters(
        type=Type.ID,
        version=19,
        salt_len=SALT_LENGTH,
        hash_len=32,
        time_cost=passes,
        memory_cost=kibibytes,
        parallelism=1,
    )


OWASP = _make_parameters(passes=2, kibibytes=19 * 1024)  # OWASP's first choice for argon2id
QUICK = _make_parameters(passes=1, kibibytes=8)  # the least that argon2id can do: for tests, it protects nothing
PARAMETERS = {"owasp": OWASP, "quick": QUICK}  # by the values of PASSWORD_HASHING
LONGEST_TYPED = 1024  # characters; four at most become one in the normal form, and no password has more than 256 then
QUEUED_PER_THREAD = 200  # half of it, three seconds of work, for one line; more is refused


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_LENGTH)


def normalize(password: str) -> str:
    """Bring a password into Unicode's normal form C, so that keyboards which compose differently type the same (NIST SP
    800-63B). A text longer than any password is returned as it is: normalizing it could take long."""
    return password if len(password) > LONGEST_TYPED else unicodedata.normalize("NFC", password)


class PasswordHasher:
    """Hashes and compares passwords. Clients of the same `line`, if one is given, get half of the queue at most.

    Both methods raise `server_busy` when the queue is full.
    """

    def __init__(self, parameters: argon2.Parameters = OWASP, threads: int = 0) -> None:
        self._parameters = parameters
        self._pool = BoundedPool("passwords", threads=threads or os.cpu_count() or 1, queued=QUEUED_PER_THREAD)

    async def hash(self, password: str, salt: bytes, line: str = "") -> str:
        """Hash a password. The same password and salt give the same hash, so hashes of one salt can be compared."""
        return await self._run(partial(_hash, normalize(password), salt, self._parameters), line)

    async def match(self, password: str, candidates: Sequence[str], line: str = "") -> str | None:
        """Return the candidate that is this password's hash, or None. Candidates of another salt than the first's are
        ignored.

        Constant time: the work is the same for one candidate, for several and for none. A password that is not typed
        in the normal form is tried in both, for hashes made before passwords were normalized, whatever is stored.
        """
        return await self._run(partial(_find_match, password, candidates, self._parameters), line)

    def is_outdated(self, hash_: str, password: str) -> bool:
        """Return whether to hash the password again: made with other parameters, or perhaps not in the normal form."""
        return argon2.extract_parameters(hash_) != self._parameters or normalize(password) != password

    def close(self) -> None:
        self._pool.close()

    async def _run(self, work: Callable[[], T], line: str) -> T:
        try:
            return await self._pool.run(work, line)
        except PoolFullError:
            raise _make_refusal() from None


def _find_match(password: str, candidates: Sequence[str], usual: argon2.Parameters) -> str | None:
    first = candidates[0] if candidates else None
    salt, parameters = _parse_hash(first) if first else (new_salt(), usual)
    for form in dict.fromkeys((normalize(password), password)):
        made = _hash(form, salt, parameters).encode()
        matched = next((hash_ for hash_ in candidates if hmac.compare_digest(hash_.encode(), made)), None)
        if matched is not None:
            return matched
    return None


def _hash(password: str, salt: bytes, parameters: argon2.Parameters) -> str:
    return hash_secret(
        password.encode(),
        salt,
        time_cost=parameters.time_cost,
        memory_cost=parameters.memory_cost,
        parallelism=parameters.parallelism,
        hash_len=parameters.hash_len,
        type=parameters.type,
        version=parameters.version,
    ).decode()


def _parse_hash(hash_: str) -> tuple[bytes, argon2.Parameters]:
    salt = hash_.split("$")[4]
    return base64.b64decode(salt + "=" * (-len(salt) % 4)), argon2.extract_parameters(hash_)


def _make_refusal() -> RefusalError:
    error = refusal("server_busy")
    error.retry_after = 5
    return error
