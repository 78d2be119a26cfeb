"""Forms about passwords. The one at the end of a mailed link is in web/pages/links/forms.py."""

from web.pages.entry.forms import EmailForm


class ForgottenForm(EmailForm):
    """The address of an account whose password is forgotten, and where its log-in is to lead."""

    fields = ("email", "next")
