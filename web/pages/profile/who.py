"""The person beside the pages of the account: changes with name, photo and address."""

WHO = "partials/profile/who.html"
