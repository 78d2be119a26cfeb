"""Forms about phone numbers: for a number, to which a code is sent by SMS, and for that code."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from starlette.requests import Request

from translations.formatting import format_duration, format_time
from web.api.capabilities import Phones
from web.api.errors import ApiError
from web.forms.base import DEFAULT_WAIT, NEXT, Form
from web.forms.six_digits import read_six_digits
from web.i18n import phone_numbers
from web.i18n.locale import gettext as _
from web.state import site_of

NUMBER, CODE = "phone", "code"  # the fields
WRONG_CODE = frozenset({"wrong_code", "invalid_access_token", "invalid_action_type"})  # whatever the reason


class SmsForm(Form):
    """A form that has an SMS sent, or takes the code of one."""

    def reject(self, refused: ApiError) -> None:
        """Take over a refusal; where no SMS is sent to anybody, that is told like an outage, and until when."""
        if "cannot_send_sms_code" in refused.codes:
            self.is_unanswered, self.retry_after = True, refused.retry_after or DEFAULT_WAIT
            self.complaints.append(_word_no_sms(self.retry_after))
        else:
            super().reject(refused)

    def word_silence(self) -> str:
        return _("We cannot send you an SMS at the moment. Try again in a minute.")


class NumberForm(SmsForm):
    """A phone number. `example` is one as it is written in the person's country, `countries` are those whose numbers
    can be used, none where all can."""

    fields: ClassVar[tuple[str, ...]] = (NUMBER,)

    def __init__(self, typed: Mapping[str, str] | None, *, example: str, countries: tuple[str, ...]) -> None:
        super().__init__(typed)
        self.example, self.countries = example, countries

    def check(self) -> None:
        self.require(NUMBER, _("Enter your phone number."))
        if self[NUMBER] and not phone_numbers.parse_phone(self[NUMBER]):
            self.errors[NUMBER] = self._word_format()

    def word(self, refused: Mapping[str, Any]) -> str:
        if refused.get("code") == "unsupported_phone":
            return _word_unsupported(self.countries)
        if refused.get("code") == "phone_not_unique":
            return _("Another account has this phone number. Use a different one.")
        return self._word_format() if refused.get("code") == "validation_error" else super().word(refused)

    def _word_format(self) -> str:
        return _("Enter your phone number with + and the country code, like %(example)s.") % {"example": self.example}


class LoginNumberForm(NumberForm):
    """The number that the code for a log-in is sent to."""

    fields = (NUMBER, "stay", NEXT)


class NewNumberForm(NumberForm):
    """A new number instead of the `old` one, which is empty where there is none."""

    def __init__(self, typed: Mapping[str, str] | None, *, old: str, **shown: Any) -> None:
        super().__init__(typed, **shown)
        self.old = old

    def check(self) -> None:
        super().check()
        if self.old and phone_numbers.parse_phone(self[NUMBER]) == self.old:
            self.errors[NUMBER] = _("This is your phone number already.")


class SmsCodeForm(SmsForm):
    """The six digits of an SMS, as they were typed, and the number that they were sent to."""

    fields: ClassVar[tuple[str, ...]] = (CODE, NUMBER)

    @property
    def code(self) -> str:
        return read_six_digits(self[CODE])

    def check(self) -> None:
        self.require(CODE, _("Enter the code from the SMS."))
        if self[CODE] and not self.code:
            self.errors[CODE] = _("Enter the 6 digits of the code from the SMS.")

    def reject(self, refused: ApiError) -> None:
        if refused.codes & WRONG_CODE:
            self.errors[CODE] = _(
                "This code isn’t right, or it no longer works. Check the newest SMS, or send it again."
            )
        else:
            super().reject(refused)

    def word_silence(self) -> str:
        return _("We cannot check your code at the moment. Try again in a minute.")


class LoginCodeForm(SmsCodeForm):
    """The code that logs in, with the options of the form before it."""

    fields = (CODE, NUMBER, "stay", NEXT)


class ButtonForm(SmsForm):
    """A button beside the pending number, which goes with it."""

    fields = (NUMBER,)


def describe_numbers(request: Request[Any]) -> dict[str, Any]:
    """Return the `example` and the `countries` of a form for a number."""
    phones = find_phones(request)
    example = phone_numbers.find_example(phones, request.headers.get("accept-language", ""))
    return {"example": example, "countries": phones.countries}


def find_phones(request: Request[Any]) -> Phones:
    """Return what the backend does with phone numbers. For pages that are there only where it does something."""
    phones = site_of(request).capabilities.current.phones
    assert phones is not None  # noqa: S101 (the guard of the route)
    return phones


def word_sent_again(request: Request[Any]) -> str:
    """Word the flash message after another code. With the time, it differs each time, so it is read aloud again."""
    return _("We’re sending another code (%(time)s). It can take a minute to arrive.") % {
        "time": format_time(site_of(request).clock())
    }


def _word_unsupported(countries: tuple[str, ...]) -> str:
    if countries:
        words = _("We can’t send SMS to this number. Use a mobile number from %(countries)s.")
        return words % {"countries": phone_numbers.name_countries(countries)}
    return _("We can’t send SMS to this number. Use a mobile number.")


def _word_no_sms(seconds: int) -> str:
    """Say for how long, in whole hours: it is the end of a day that is waited for."""
    wait = format_duration(timedelta(hours=-(-seconds // 3600)))
    return _("We can’t send any SMS at the moment. Try again in %(time)s, or choose another way.") % {"time": wait}
