"""Why a mail was not taken, and how often it is tried again after a permanent refusal."""

import re
import ssl
from datetime import timedelta

from backend.queue.errors import AnswerLostError, ChannelAwayError, DeliveryError

ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")  # RFC 3463
ABOUT_THE_RECIPIENT = ("", "5.1.", "5.2.")  # address, mailbox; other codes tell of rules, which the owner may mend

# Pauses between the tries after permanent refusals (5xx); after the last one the mail is given up.
FEW_RETRIES = (timedelta(seconds=5), timedelta(minutes=10))
MORE_RETRIES = (*FEW_RETRIES, timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


class MailError(DeliveryError):
    """A mail was not taken. Its text holds the server's words, its code is the server's, such as "550 5.1.1" (RFC 3463)
    or "550"; empty if there was no answer."""

    def __init__(self, cause: BaseException) -> None:
        if isinstance(cause.__cause__, ssl.SSLError):
            cause = cause.__cause__
        reply, words = max(int(getattr(cause, "code", 0) or 0), 0), str(getattr(cause, "message", cause))
        super().__init__(f"{type(cause).__name__}: {f'{reply} {words}' if reply else words}")
        enhanced = ENHANCED_CODE.match(words) if reply else None
        self.reply, self.enhanced_code = reply, enhanced[0] if enhanced else ""
        self.kind, self.code = type(cause).__name__, f"{reply or ''} {self.enhanced_code}".strip()


class MailServerUnavailableError(MailError, ChannelAwayError):
    """The server cannot be reached, or takes no mails from us."""


class TransactionFailedError(MailError):
    """The try failed with this mail, before all of it was handed over."""


class MailRefusedError(MailError):
    """The server refused this mail: for now (4xx), or for good."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        if not 400 <= self.reply < 500:
            self.pauses = FEW_RETRIES if self.enhanced_code[:4] in ABOUT_THE_RECIPIENT else MORE_RETRIES


class MailAnswerLostError(MailError, AnswerLostError):
    """All of the mail was handed over and no answer came: the server may have it, or not."""
