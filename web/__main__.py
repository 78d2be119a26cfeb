"""`python -m web` serves the site."""

import sys

from serving.private_files import keep_new_files_private
from serving.server import serve
from web.asgi import check, environment
from web.settings import Settings, SettingsError


def main() -> int:
    keep_new_files_private()
    try:
        settings, mails = check(environment())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    print(_welcome(settings, mails), flush=True)
    serve(
        "web.asgi:application",
        host=settings.server.host,
        port=settings.server.port,
        workers=settings.deployment.workers,
    )
    return 0


def _welcome(settings: Settings, mails: str) -> str:
    lines = [f"Open   {settings.public.url}", "Stop   Ctrl-C"]
    if mails:
        lines.insert(1, f"Mails  {mails}")
    if settings.backend.url:
        lines.insert(1, f"Backend {settings.backend.url}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
