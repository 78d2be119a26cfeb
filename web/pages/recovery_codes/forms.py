"""The form of recovery codes."""

from web.forms.base import Form


class KeptForm(Form):
    """Which set was kept: the one that the page shows, whatever another tab has made meanwhile."""

    fields = ("set",)
