"""The form for an address, where a provider names none that it has checked."""

from web.api.errors import ApiError
from web.pages.entry.forms import EmailForm


class AddressForm(EmailForm):
    """`is_over`: what waits for the address waits no more, or not in this browser."""

    is_over = False

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        self.is_over = "invalid_access_token" in refused.codes
