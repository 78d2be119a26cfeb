"""The cookies of the site, one for each purpose. How they are signed and read: signed_cookies.py."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from web.http.signed_cookies import NoteCookie, NoteCookies, SessionCookie, TokenCookie
from web.settings import Settings

HOUR = 3600  # seconds
DAY = 24 * HOUR
YEAR = 365 * DAY


@dataclass(frozen=True)
class Cookies:
    """All cookies of the site.

    * session: the session token
    * device: identifies a browser that has logged in, also after the log-out
    * browser: the browser that was asked for a passkey, by a value that the question is bound to
    * registration: identifies a browser in which somebody has registered, until the address is confirmed
    * links: one note for each mailed link that was opened: `{token, action, status, code, ref,
      bind, flow, reference}`
    * second_steps: one note for each log-in that waits for a second factor: `{ticket, next, stay, language, timezone,
      email, link, reference}`: the address that was typed here, the link or the reference of a code that began it
    * provider_flows: one note for each way of this browser to a provider and back: `{provider, ticket, whose,
      chooses, next, stay, language, timezone}`; `whose` is the id of the user who was logged in then, `chooses` whether
      they are to be asked there which account
    * used_provider: the id of the provider by which somebody logged in here last
    * draft: what had been typed when the session ended: `{path, fields}`
    * flash: the flash message for the next page: `{text, offer}`
    * waiting: the mail that this browser waits for: `{email, registered, name, next, stay, language, timezone,
      at, page, reference, form}`; `at` is in seconds, the mail's code counts with its `reference` alone
    * sms: the number whose code by SMS this browser waits for: `{phone, at, next, stay, language, timezone}`
    * language: the locale chosen in this browser: `{language, timezone}`
    """

    session: SessionCookie
    device: TokenCookie
    browser: TokenCookie
    registration: TokenCookie
    links: NoteCookies
    second_steps: NoteCookies
    provider_flows: NoteCookies
    used_provider: TokenCookie
    draft: NoteCookie
    flash: NoteCookie
    waiting: NoteCookie
    sms: NoteCookie
    language: NoteCookie

    @classmethod
    def of(cls, settings: Settings) -> "Cookies":
        """Return the cookies of a site with these settings."""
        return cls(
            session=SessionCookie("session", settings, settings.accounts.session_lifetime),
            device=TokenCookie("device", settings, YEAR),
            browser=TokenCookie("browser", settings, DAY),
            registration=TokenCookie("registration", settings, DAY),
            links=NoteCookies("link", settings),
            second_steps=NoteCookies("second-step", settings),
            provider_flows=NoteCookies("provider-flow", settings),
            used_provider=TokenCookie("used-provider", settings, YEAR),
            draft=NoteCookie("draft", settings),
            flash=NoteCookie("flash", settings),
            waiting=NoteCookie("waiting", settings, HOUR),
            sms=NoteCookie("sms", settings, HOUR),
            language=NoteCookie("language", settings, YEAR),
        )

    @cached_property
    def impersonal(self) -> frozenset[str]:
        """The names of the cookies in which is nothing that a guest's page could show, but for the language."""
        cookies = (self.device, self.browser, self.registration, self.language)
        return frozenset(name for cookie in cookies for name in (cookie.name, cookie.name_with_port) if name)

    def clear_notes(self, connection: HTTPConnection[Any], response: Response) -> None:
        """Delete what must not be left to the next person at a shared computer: all but device, locale, flash, and the
        provider used last, which ends with the browser unless the person wanted to stay logged in."""
        for notes in (self.links, self.second_steps, self.provider_flows):
            notes.clear_all(connection, response)
        for cookie in (self.registration, self.draft, self.waiting, self.sms):
            cookie.clear(connection, response)
