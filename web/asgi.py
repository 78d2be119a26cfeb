"""The composition of site and backend: the only file of the site that imports the backend."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.types import ASGIApp

from backend.app import create_app as create_backend
from backend.embedding import OUTBOX, PUBLIC_PREFIXES, Embedded
from backend.operations.checking import check as check_backend
from backend.operations.checking import describe_mails, describe_passkeys
from backend.settings import Settings as BackendSettings
from backend.store import StoreError
from serving.constant_time import ConstantTime
from serving.logs import RequestLog
from serving.memory import freeze_gc
from serving.settings import listing
from serving.settings.declaring import collect_rooms
from serving.settings.env_file import read_env_file
from serving.settings.reading import Reader
from web.api.embedded import InProcess
from web.app import create_app, now
from web.settings import PORT, Settings, SettingsError
from web.state import Clock


def application() -> ASGIApp:
    """Build what uvicorn serves, in each of its processes."""
    return RequestLog(ConstantTime(create(environment(), when_prepared=freeze_gc)))


def check(environ: Mapping[str, str]) -> tuple[Settings, str, str]:
    """Read the settings; return them, and if the backend is embedded where mails go, and why there are no passkeys.

    Raises SettingsError for what site or backend cannot use, such as a damaged database, before anything is served.
    """
    settings = Settings.from_environment(environ)
    _check_own_templates(settings)
    if settings.backend.url:
        return settings, "", ""
    try:
        backend_settings = BackendSettings.from_environment(environ, site=settings)
        check_backend(backend_settings)
    except StoreError as error:
        raise SettingsError(str(error)) from None
    return settings, describe_mails(backend_settings), describe_passkeys(backend_settings)


def _check_own_templates(settings: Settings) -> None:
    if settings.theme.theme_dir:
        from web.rendering.own_templates import check_own_templates  # imported here: few have templates of their own

        check_own_templates(settings.theme.theme_dir)


def list_settings() -> str:
    """Return a list of all settings and their sources, those of an embedded backend too. Raises SettingsError."""
    reader = Reader(environment(), default_port=PORT, is_embedded=True, is_dry=True)
    settings, programs = Settings.read(reader), [Settings, BackendSettings]
    if settings.backend.url:
        programs.remove(BackendSettings)
    else:
        BackendSettings.read(reader, settings)
    return listing.list_settings(collect_rooms(programs), reader, os.environ)


def create(environ: Mapping[str, str], clock: Clock = now, when_prepared: Callable[[], None] = lambda: None) -> ASGIApp:
    """Build the site with the backend that the environment names. Raises SettingsError.

    `when_prepared` is called once everything is loaded, some time after the start.
    """
    settings = Settings.from_environment(environ)
    _check_own_templates(settings)
    if settings.backend.url:
        from web.api.tcp import OverTcp  # imported here: with an embedded backend it is not needed

        return create_app(settings, OverTcp(settings.backend.url), clock, when_prepared=when_prepared)
    backend_settings = BackendSettings.from_environment(environ, site=settings)
    embedded = Embedded(create_backend(backend_settings, clock))
    outbox = OUTBOX if backend_settings.mail.has_outbox else ""
    sms_outbox = "" if backend_settings.phones.service else outbox
    prefixes = [prefix for prefix in PUBLIC_PREFIXES if prefix != OUTBOX or outbox]
    public_prefixes = dict.fromkeys(prefixes, embedded.public)
    link_expiry = 0 if backend_settings.mail.messages_dir else backend_settings.links.expiry
    transport = InProcess(embedded.api, embedded)
    return create_app(
        settings,
        transport,
        clock,
        public_prefixes=public_prefixes,
        outbox=outbox,
        sms_outbox=sms_outbox,
        link_expiry=link_expiry,
        when_prepared=when_prepared,
    )


def environment() -> dict[str, str]:
    """Return the environment of the process, completed by the `.env` file."""
    return {**read_env_file(Path(".env")), **os.environ}
