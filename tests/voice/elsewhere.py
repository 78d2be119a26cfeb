"""Another browser of the same person, of which no page is looked at or heard."""

from __future__ import annotations

import html
import re

import httpx

from tests.kit.mailbox import SMS_CODE, code_in
from tests.kit.markup import parse
from tests.kit.people import CHROME, PASSWORD
from tests.kit.window import wait_for

MAIL = r'"(/outbox/[0-9a-f]+)"[^>]*>[^<]*</a>\s*<span><bdi>{email}<'
LINK = r'href="([^"]*/_auth/verify[^"]*)"'


class Elsewhere:
    def __init__(self, site: str) -> None:
        self._http = httpx.Client(base_url=site, headers={"User-Agent": CHROME}, follow_redirects=True)

    def close(self) -> None:
        self._http.close()

    def join(self, email: str) -> None:
        """Create an account, and confirm its address."""
        self._http.post("/register", data={"email": email, "name": "Ada", "password": PASSWORD})
        self.use_link(email)
        self._http.post("/logout")
        self._http.cookies.clear()

    def read_code(self, email: str) -> str:
        """The code of the newest mail to an address."""
        return code_in(self._read_mail(email))

    def read_sms(self, phone: str) -> str:
        """The code of the newest SMS to a number."""
        found = SMS_CODE.search(parse(self._read_mail(phone)).all("main")[0].text())
        assert found
        return found[0]

    def read_link(self, email: str) -> str:
        """The link of the newest mail to an address."""
        return _find(LINK, self._read_mail(email))

    def use_link(self, email: str, **typed: str) -> None:
        """Press the button behind the link of the newest mail to an address: on the site's page, or, for what logs
        nobody in, on the backend's."""
        landing = parse(self._http.get(self.read_link(email)).text)
        form = landing.all("main")[0].all("form[method=post]")[0]
        hidden = {each.get("name"): each.get("value") for each in form.all("input[type=hidden]")}
        answer = self._http.post(form.get("action"), data={**hidden, **typed})
        assert answer.status_code == 200, answer.text

    def _read_mail(self, email: str) -> str:
        path = wait_for(lambda: _find(MAIL.format(email=re.escape(email)), self._http.get("/outbox").text))
        return self._http.get(path).text


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"there is no {pattern} in {text}"
    return html.unescape(found[1])
