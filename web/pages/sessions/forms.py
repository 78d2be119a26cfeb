"""The form for the name of a session."""

from web.forms.base import Form
from web.forms.checks import check_line

LONGEST_LABEL = 60  # characters


class LabelForm(Form):
    """The name of a session; an empty one removes it."""

    fields = ("label",)

    def check(self) -> None:
        if self["label"]:
            check_line(self, "label", LONGEST_LABEL)
