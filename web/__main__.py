"""`python -m web` serves the site; `python -m web settings` lists its settings."""

import argparse
import gc
import sys

gc.disable()  # while importing, which makes no garbage: to look for it takes a tenth of the start

from branding.palette import describe_changes
from serving.private_files import keep_new_files_private
from serving.server import serve
from web.asgi import check, environment, list_settings
from web.settings import Settings, SettingsError

gc.freeze()  # what is imported stays
gc.enable()


def main() -> int:
    """Serve, or list the settings. Return the exit status: 2 for a setting or a database that cannot be used."""
    command = _parse_arguments().command
    keep_new_files_private()
    try:
        if command == "settings":
            print(list_settings())
            return 0
        settings, mails, passkeys = check(environment())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    print(_welcome(settings, mails, passkeys), flush=True)
    serve(
        "web.asgi:application",
        host=settings.server.host,
        port=settings.server.port,
        workers=settings.deployment.workers,
    )
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m web", description="Without a command it serves.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("settings", help="list all settings, their values and where they come from")
    return parser.parse_args()


def _welcome(settings: Settings, mails: str, passkeys: str) -> str:
    lines = [f"Open   {settings.public.url}", "Stop   Ctrl-C"]
    if mails:
        lines.insert(1, f"Emails {mails}")
    if passkeys:
        lines.insert(1, f"Passkeys {passkeys}")
    if settings.backend.url:
        lines.insert(1, f"Backend {settings.backend.url}")
    if settings.look.accent:
        lines += [f"Colour {change}" for change in describe_changes(settings.look.accent)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
