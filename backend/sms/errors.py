"""Why an SMS was not taken. No service's words are kept: only its name for what happened, a number."""

from backend.queue.errors import AnswerLostError, ChannelAwayError, DeliveryError


class SmsError(DeliveryError):
    """An SMS was not taken for now: it is tried again after a backoff. `code`: the status, and the service's number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:16]


class SmsServiceAwayError(SmsError, ChannelAwayError):
    """The service cannot be reached, or takes nothing from this account: wrong key, no money."""


class SmsRefusedError(SmsError):
    """The service refuses this SMS for good: the number, or what it says."""

    pauses = ()


class SmsAnswerLostError(SmsError, AnswerLostError):
    """The SMS was handed over and no answer came: it may have arrived. Another one would cost, and confuse."""


class CodeOverError(DeliveryError):
    """The code of an SMS is over, was ended by a newer one, or the secret key is gone that made it: it is given up."""

    pauses = ()

    def __init__(self) -> None:
        super().__init__("its code is over")
