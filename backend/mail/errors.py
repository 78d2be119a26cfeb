"""Why a mail was not taken, and how often it is tried again after a permanent refusal."""

import re
import ssl
from datetime import timedelta

ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")  # RFC 3463
ABOUT_THE_RECIPIENT = ("", "5.1.", "5.2.")  # address, mailbox; other codes tell of rules, which the owner may mend

# Pauses between the attempts after permanent refusals (5xx); after the last one the mail is given up.
FEW_RETRIES = (timedelta(seconds=5), timedelta(minutes=10))
MORE_RETRIES = (*FEW_RETRIES, timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


class MailError(Exception):
    """A mail was not taken. `kind` and `code` can be logged; the text holds the server's words, maybe an address."""

    def __init__(self, cause: BaseException) -> None:
        if isinstance(cause.__cause__, ssl.SSLError):
            cause = cause.__cause__
        self.reply, words = max(int(getattr(cause, "code", 0) or 0), 0), str(getattr(cause, "message", cause))
        super().__init__(f"{type(cause).__name__}: {f'{self.reply} {words}' if self.reply else words}")
        enhanced = ENHANCED_CODE.match(words) if self.reply else None
        self.kind, self.enhanced_code = type(cause).__name__, enhanced[0] if enhanced else ""

    @property
    def code(self) -> str:
        """The server's code, such as "550 5.1.1" (RFC 3463) or "550"; empty if there was no answer."""
        return f"{self.reply} {self.enhanced_code}".strip() if self.reply else ""


class MailServerUnavailableError(MailError):
    """The server cannot be reached, or takes no mails from us: other mails need not be tried now."""


class TransactionFailedError(MailError):
    """The attempt failed with this mail, before all of it was handed over."""


class MailRefusedError(MailError):
    """The server refused this mail. `is_permanent`: it says that it will not take it later either."""

    @property
    def is_permanent(self) -> bool:
        return not 400 <= self.reply < 500

    @property
    def pauses(self) -> tuple[timedelta, ...]:
        """Pauses between the attempts after permanent refusals; after the last one the mail is given up."""
        return FEW_RETRIES if self.enhanced_code[:4] in ABOUT_THE_RECIPIENT else MORE_RETRIES


class AnswerLostError(MailError):
    """All of the mail was handed over and no answer came: the server may have it, or not."""
