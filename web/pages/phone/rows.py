"""What the row of the phone number shows."""

from dataclasses import dataclass, field
from typing import Any, Self

from starlette.requests import Request

from web.api.phones import OwnPhone
from web.forms.base import Form
from web.pages.phone.forms import SmsCodeForm
from web.state import site_of


@dataclass(frozen=True)
class PhoneRow:
    """The number of an account, and the one that waits for its code. `refused` is the form of a button beside that.

    `takes_code`: this session asked for the pending number, and its code can still be typed.
    """

    own: OwnPhone
    takes_code: bool
    is_expired: bool
    code_form: SmsCodeForm = field(default_factory=SmsCodeForm)
    refused: Form | None = None

    @classmethod
    def make(cls, request: Request[Any], own: OwnPhone, **forms: Any) -> Self:
        """Make the row as it is now; `forms` are the `code_form` and the `refused` one."""
        expiry = own.pending.expiry if own.pending else None
        is_expired = expiry is not None and expiry <= site_of(request).clock()
        return cls(own, takes_code=expiry is not None and not is_expired, is_expired=is_expired, **forms)


async def load_row(request: Request[Any]) -> dict[str, Any]:
    """Return what the profile shows of the phone number, where there are any."""
    api = request.state["api"]
    if not api.capabilities.offers("account.phone"):
        return {"phone": None}
    return {"phone": PhoneRow.make(request, await api.get_own_phone())}
