"""Forms of the profile: name and photo."""

from web.forms.base import Form
from web.forms.checks import check_name
from web.i18n.wording import word_photo_refusal
from web.photos.decoder.refusal import PhotoRefused


class NameForm(Form):
    """The name of the signed-in person."""

    fields = ("name",)

    def check(self) -> None:
        check_name(self, "name")


class PhotoForm(Form):
    """The upload of a photo. Its file is read apart, and never shown again."""

    fields = ("avatar",)
    secret = ("avatar",)

    def reject_photo(self, refused: PhotoRefused) -> None:
        """Say why the photo cannot be used."""
        self.errors["avatar"] = word_photo_refusal(refused)
