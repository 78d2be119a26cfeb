"""`python -m backend`: serves the contract alone."""

import os
import sys

import uvicorn

from backend.settings import Settings, SettingsError
from backend.starting import check
from backend.store import StoreError


def main() -> int:
    """The exit status: 2 for a setting or a database that cannot be used."""
    try:
        settings = Settings.from_environment(os.environ)
        check(settings)
    except (SettingsError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _introduce(settings)
    _serve(settings)
    return 0


def _introduce(settings: Settings) -> None:
    lines = [f"The backend answers at {settings.public_url}"]
    if not settings.client_key_given:
        lines.append(f"Client key: {settings.client_key}")
    if settings.outbox:
        lines.append(f"Mails are shown at {settings.public_url}/outbox")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _serve(settings: Settings) -> None:
    uvicorn.run(
        "backend.asgi:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    sys.exit(main())
