"""The errors that a call to the backend can end with."""

from collections.abc import Mapping, Sequence
from typing import Any

RETRY_AFTER = 10  # seconds until it is worth asking a backend again that did not answer


class AltogicError(Exception):
    """Base of five errors, which are siblings on purpose: catching one lets the others through to errors.py.

    * ApiError - the backend refused, and a page may show why. Handlers catch this one.
    * SessionExpired - the session token is missing, unknown or revoked. Ends at the login page.
    * ConfirmationRequired - the person has to prove first who they are. Ends at /confirm, which leads back.
    * SecondFactorRequired - the log-in takes a second factor too. Ends at /login/second-step, which leads on.
    * Unreachable - no answer, a 5xx, or an answer that is not the contract's JSON. Ends at a 503 page.
    """


class ApiError(AltogicError):
    """A refusal. `items` are the errors of the contract, `{code, message, details}`.

    `retry_after` is in seconds, for a 429.
    """

    def __init__(self, status: int, items: Sequence[Mapping[str, Any]], retry_after: int = 0) -> None:
        super().__init__(status, [item.get("code") for item in items])
        self.status = status
        self.items = items
        self.retry_after = retry_after

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all its items."""
        return frozenset(str(item.get("code")) for item in self.items)

    @property
    def reveals_account(self) -> bool:
        """Whether the refusal may depend on whether the address has an account (user enumeration).

        Rate limits and addresses that the mail server cannot take do not.
        """
        return self.status != 429 and "unsupported_email" not in self.codes

    @property
    def is_about_mails(self) -> bool:
        """Whether the mailbox has been sent as many mails as it may be: an addition of our own backend."""
        return any(item.get("details") == {"limit": "mails"} for item in self.items)


class SessionExpired(AltogicError):  # noqa: N818
    """The session token is missing, unknown or revoked."""


class ConfirmationRequired(AltogicError):  # noqa: N818
    """The act needs a session on which the person proved lately who they are; `is_strong`: by a second factor."""

    def __init__(self, *, is_strong: bool = False) -> None:
        super().__init__()
        self.is_strong = is_strong


class SecondFactorRequired(AltogicError):  # noqa: N818
    """The first factor of a log-in was right, and opened no session: a second one is due, for which the `ticket` is."""

    def __init__(self, ticket: str) -> None:
        super().__init__()
        self.ticket = ticket


class Unreachable(AltogicError):  # noqa: N818
    """The backend did not answer, or not as the contract says; `status` is that of an answer, else 0."""

    def __init__(self, reason: str = "", status: int = 0) -> None:
        super().__init__(reason)
        self.status = status
