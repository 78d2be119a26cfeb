"""`python -m backend` serves the contract alone; commands list its settings, take its data elsewhere, bring users from
Altogic, and let in who has lost a second factor."""

import argparse
import gc
import os
import sys
from pathlib import Path

gc.disable()  # while importing, which makes no garbage: to look for it takes a tenth of the start

from backend.operations.checking import check, describe_mails, describe_passkeys
from backend.operations.copying import CopyError, back_up, export
from backend.settings import PORT, Settings, SettingsError
from backend.settings.database import DATABASE
from backend.store import StoreError
from branding.palette import describe_changes
from serving.private_files import keep_new_files_private
from serving.server import serve
from serving.settings.declaring import collect_rooms
from serving.settings.listing import list_settings
from serving.settings.reading import Reader, parse

gc.freeze()  # what is imported stays
gc.enable()


def main() -> int:
    """Serve, or run a command. Returns the exit status: 1 where there is nothing to do, 2 for a setting or a database
    that cannot be used."""
    arguments = _parse_arguments()
    keep_new_files_private()
    try:
        if arguments.command == "backup":
            return _back_up(arguments.file)
        if arguments.command == "export":
            return _export(arguments.source, arguments.target)
        if arguments.command == "settings":
            return _list_settings()
        if arguments.command == "remove-factors":
            return _remove_factors(arguments.name)
        if arguments.command == "import-users":
            return _import_users(arguments.file, takes_unconfirmed=arguments.unconfirmed)
        settings = Settings.from_environment(os.environ)
        check(settings)
    except (SettingsError, StoreError, CopyError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _print_start(settings)
    serve(
        "backend.asgi:create",
        host=settings.server.host,
        port=settings.server.port,
        workers=settings.deployment.workers,
        protocol="backend.http.protocol:EnvelopeProtocol",
    )
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend", description="Without a command it serves.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("settings", help="list all settings, their values and where they come from")
    backup = commands.add_parser("backup", help="copy the SQLite database, which may be in use")
    backup.add_argument("file", type=Path, help="where to; it must not exist yet")
    export = commands.add_parser("export", help="move everything into another, empty database")
    export.add_argument("--from", dest="source", required=True, metavar="URL", help="sqlite:///FILE")
    export.add_argument("--to", dest="target", required=True, metavar="URL", help="postgresql://USER@HOST/NAME")
    factors = commands.add_parser("remove-factors", help="switch off two-step verification for who has lost it")
    factors.add_argument("name", help="the email address of the account, or its phone number")
    users = commands.add_parser("import-users", help="add the users of an application of Altogic's")
    users.add_argument("file", type=Path, help="JSON lines, each a user as Altogic's API shows one")
    users.add_argument(
        "--unconfirmed", action="store_true", help="those too whose address Altogic has not seen confirmed"
    )
    return parser.parse_args()


def _list_settings() -> int:
    reader = Reader(os.environ, default_port=PORT, is_dry=True)
    Settings.read(reader)
    sys.stdout.write(list_settings(collect_rooms([Settings]), reader, os.environ) + "\n")
    return 0


def _back_up(file: Path) -> int:
    back_up(Settings.from_environment(os.environ).database.url, file)
    sys.stdout.write(f"The database is copied to {file}\n")
    return 0


def _export(source: str, target: str) -> int:
    for table, rows in export(parse("--from", DATABASE, source), parse("--to", DATABASE, target)).items():
        sys.stdout.write(f"{table}: {rows}\n")
    return 0


def _remove_factors(name: str) -> int:
    from backend.operations.factors import remove_factors  # imported here: nothing else needs it

    if not remove_factors(Settings.from_environment(os.environ), name):
        sys.stderr.write(f"No account with two-step verification has the email address or phone number {name!a}\n")
        return 1
    sys.stdout.write("Two-step verification is removed. Everybody is logged out of the account; its owner is mailed.\n")
    return 0


def _import_users(file: Path, *, takes_unconfirmed: bool) -> int:
    from backend.operations.importing import ImportFileError, import_users  # imported here: nothing else needs it

    try:
        imported = import_users(Settings.from_environment(os.environ), file, takes_unconfirmed=takes_unconfirmed)
    except ImportFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.writelines(f"{line}\n" for line in imported.refused)
    sys.stdout.write(
        f"added: {imported.added}\nhere already: {imported.known}\nnot confirmed, left out: {imported.unconfirmed}\n"
    )
    return 1 if imported.refused else 0


def _print_start(settings: Settings) -> None:
    lines = [f"The backend answers at {settings.public.url}"]
    if not settings.secrets.is_client_key_given:
        lines.append(f"Client key: {settings.secrets.client_key}")
    lines.append(f"Emails are {describe_mails(settings)}")
    if passkeys := describe_passkeys(settings):
        lines.append(f"Passkeys are {passkeys}")
    if settings.look.accent:
        lines += [f"Of ACCENT_COLOR {change}" for change in describe_changes(settings.look.accent)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
