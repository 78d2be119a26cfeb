"""The settings of providers: accounts elsewhere, by which people log in."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from serving.origins import is_loopback, normalize_origin
from serving.settings.declaring import derived, setting, setting_of_each
from serving.settings.kinds import Kind, SettingsError, check_is_plain, one_line
from serving.settings.reading import Reader

# Those that have an address of their own here. `twitter` stays the name of X, for Altogic's client says so.
NAMES = {
    "google": "Google",
    "github": "GitHub",
    "apple": "Apple",
    "microsoft": "Microsoft",
    "facebook": "Facebook",
    "twitter": "X",
    "discord": "Discord",
}
OIDC_NAME = re.compile(r"[A-Z][A-Z0-9]{0,13}")
TAKEN = frozenset({*NAMES, "verify", "disown", "callback"})  # by providers, and by addresses of other things
OF_ISSUERS = frozenset({"google", "apple", "microsoft"})  # the others have no OpenID Connect
OIDC_PARTS = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "LABEL")
PEM = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"

CLIENT_ID = one_line()
LABEL = one_line(40)


@dataclass(frozen=True)
class AppleKey:
    """By what a client of Apple's signs its secrets: a private key of a team, in PEM."""

    team_id: str
    key_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class ProviderSettings:
    """One provider. `kind` is that of NAMES, or `oidc`; `url` is its issuer, or where it is; people read `name`."""

    id: str
    kind: str
    name: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    apple_key: AppleKey | None = None


def _parse_url(value: str) -> str:
    origin = normalize_origin(value)
    check_is_plain(value)
    if not origin.startswith("https://") and not is_loopback(value):
        raise ValueError(value)
    return value


def _parse_secret(value: str) -> str:
    if not (value.isascii() and value.isprintable() and len(value) <= 1024):
        raise ValueError
    return value


def _parse_private_key(value: str) -> str:
    """Return PEM, of what may have lost its lines."""
    content = re.sub(r"-----[A-Z ]+-----|\\n|\s", "", value)
    try:
        length = len(base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise ValueError from error
    if not 64 <= length <= 1024:
        raise ValueError
    return PEM.format(content)


WORDS = "a web address that begins with https://, or of this computer, without a #"
ISSUER = Kind(_parse_url, WORDS)
URL = Kind(lambda value: _parse_url(value).rstrip("/"), WORDS)
CLIENT_SECRET = Kind(_parse_secret, "one line of at most 1024 ASCII characters", is_secret=True)
PRIVATE_KEY = Kind(_parse_private_key, "the text of the .p8 file that Apple gives, also in one line", is_secret=True)


def _client_id(variable: str, name: str) -> Any:
    return setting(f"{variable}_CLIENT_ID", CLIENT_ID, None, f"Logging in with {name}: the id of your client there.")


def _client_secret(variable: str) -> Any:
    id_name = f"{variable}_CLIENT_ID"
    return setting(f"{variable}_CLIENT_SECRET", CLIENT_SECRET, None, "Its secret.", _check_together(id_name))


def _url(variable: str, default: str, help_: str = "Where it is; another address only for a stand-in.") -> Any:
    return setting(variable, ISSUER if variable.endswith("ISSUER") else URL, default, help_)


def _check_together(other: str) -> Callable[[Any, Reader], None]:
    """Make the check of a setting that is given together with another one, or not at all."""

    def check(value: str | None, reader: Reader) -> None:
        if (value is None) != (reader[other] is None):
            raise ValueError(f"must be set together with {other}")

    return check


def _list_providers(reader: Reader) -> tuple[ProviderSettings, ...]:
    return (*_list_named(reader), *_list_oidc(reader))


def _list_named(reader: Reader) -> Iterator[ProviderSettings]:
    for kind, name in NAMES.items():
        variable = kind.upper()
        client_id, key = reader[f"{variable}_CLIENT_ID"], None
        if client_id is None:
            continue
        if kind == "apple":
            key = AppleKey(*(reader[f"APPLE_{part}"] for part in ("TEAM_ID", "KEY_ID", "PRIVATE_KEY")))
        secret = "" if key else reader[f"{variable}_CLIENT_SECRET"]
        url = reader[f"{variable}_{'ISSUER' if kind in OF_ISSUERS else 'URL'}"]
        yield ProviderSettings(kind, kind, name, url, client_id, secret, key)


def _list_oidc(reader: Reader) -> Iterator[ProviderSettings]:
    """List what OIDC_{NAME}_ISSUER and its like say. Raises SettingsError where a part is missing."""
    parts: list[Mapping[str, str]] = [reader[f"OIDC_{{NAME}}_{part}"] for part in OIDC_PARTS]
    issuers, ids, secrets, labels = parts
    for name in sorted({name for part in parts for name in part}):
        if not OIDC_NAME.fullmatch(name) or name.lower() in TAKEN:
            raise SettingsError(
                f"OIDC_{name}_ISSUER: the name in it must be up to 14 letters and digits, and not taken"
            )
        for part, values in zip(OIDC_PARTS[:3], parts, strict=False):
            if name not in values:
                raise SettingsError(f"OIDC_{name}_{part}: must be set with the others of OIDC_{name}")
        label = labels.get(name, name.capitalize())
        yield ProviderSettings(name.lower(), "oidc", label, issuers[name], ids[name], secrets[name])


@dataclass(frozen=True)
class Providers:
    """Logging in with Google, GitHub and other providers."""

    page: ClassVar[str] = "docs/providers.md"
    google_client_id: str | None = _client_id("GOOGLE", "Google")
    google_client_secret: str | None = _client_secret("GOOGLE")
    google_issuer: str = _url("GOOGLE_ISSUER", "https://accounts.google.com")
    github_client_id: str | None = _client_id("GITHUB", "GitHub")
    github_client_secret: str | None = _client_secret("GITHUB")
    github_url: str = _url("GITHUB_URL", "https://github.com", "Where it is: another address for GitHub Enterprise.")
    apple_client_id: str | None = setting(
        "APPLE_CLIENT_ID", CLIENT_ID, None, "Logging in with Apple: the id of your service (Services ID)."
    )
    apple_team_id: str | None = setting(
        "APPLE_TEAM_ID", CLIENT_ID, None, "The id of your team.", _check_together("APPLE_CLIENT_ID")
    )
    apple_key_id: str | None = setting(
        "APPLE_KEY_ID", CLIENT_ID, None, "The id of its key.", _check_together("APPLE_CLIENT_ID")
    )
    apple_private_key: str | None = setting(
        "APPLE_PRIVATE_KEY",
        PRIVATE_KEY,
        None,
        "The key itself: the text of the `.p8` file, also in one line.",
        _check_together("APPLE_CLIENT_ID"),
    )
    apple_issuer: str = _url("APPLE_ISSUER", "https://appleid.apple.com")
    microsoft_client_id: str | None = _client_id("MICROSOFT", "Microsoft")
    microsoft_client_secret: str | None = _client_secret("MICROSOFT")
    microsoft_issuer: str = _url(
        "MICROSOFT_ISSUER",
        "https://login.microsoftonline.com/common/v2.0",
        "Whose accounts: instead of `common`, the id of a tenant lets in those of your organization alone, `consumers` "
        "personal ones alone, `organizations` all others.",
    )
    facebook_client_id: str | None = _client_id("FACEBOOK", "Facebook")
    facebook_client_secret: str | None = _client_secret("FACEBOOK")
    facebook_url: str = _url("FACEBOOK_URL", "https://www.facebook.com")
    twitter_client_id: str | None = _client_id("TWITTER", "X")
    twitter_client_secret: str | None = _client_secret("TWITTER")
    twitter_url: str = _url("TWITTER_URL", "https://x.com")
    discord_client_id: str | None = _client_id("DISCORD", "Discord")
    discord_client_secret: str | None = _client_secret("DISCORD")
    discord_url: str = _url("DISCORD_URL", "https://discord.com")
    oidc_issuers: Mapping[str, str] = setting_of_each(
        "OIDC_{NAME}_ISSUER",
        ISSUER,
        "Any provider that speaks OpenID Connect, as many as you like: its issuer. `{NAME}` is up to 14 letters and "
        "digits of your choice, as in `OIDC_WORK_ISSUER`.",
    )
    oidc_client_ids: Mapping[str, str] = setting_of_each(
        "OIDC_{NAME}_CLIENT_ID", CLIENT_ID, "The id of your client there."
    )
    oidc_client_secrets: Mapping[str, str] = setting_of_each("OIDC_{NAME}_CLIENT_SECRET", CLIENT_SECRET, "Its secret.")
    oidc_labels: Mapping[str, str] = setting_of_each(
        "OIDC_{NAME}_LABEL", LABEL, "What people read on its button; if not set, the name."
    )
    configured: tuple[ProviderSettings, ...] = derived(_list_providers, is_secret=True)
