"""Who is measured: how each is started, and what the same acts are called at each."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.programs import Program, run_command, run_program
from tests.kit.filled_databases import (
    AGENTS,
    BROWSER,
    FORM,
    SECRET_KEY,
    cookie,
    email,
    login_of,
    new_sqlite,
    profile_of,
    site_environ,
)
from tests.kit.load import Request
from tests.kit.people import PASSWORD
from tests.kit.serving import environment_of_program

HERE = Path(__file__).parent
PEOPLE = 1000
SESSIONS = 3
ASKING = range(100)  # of them, each in turn
LOGGING_IN = range(500, 600)  # others: a log-in adds a session
NEW_NAME = "Somebody else"

LOGIN_PAGE, PROFILE, RENAME, LOG_IN = ACTS = ("log-in page", "signed-in page", "rename", "log-in")
Acts = Mapping[str, Sequence[Request]]


@dataclass(frozen=True)
class Site:
    """`acts`: what is asked of the one at a URL, by the names of ACTS; some do not know all of them."""

    name: str
    start: Callable[[], AbstractContextManager[Program]]
    acts: Callable[[str], Acts]

    @property
    def has_accounts(self) -> bool:
        return LOG_IN in self.acts("")


def new_sites(folder: Path) -> list[Site]:
    """Make a database with the same people for each. The first one is what the others are compared with."""
    return [_ours(folder), _allauth(folder), _better_auth(folder), *_references(folder)]


def _ours(folder: Path) -> Site:
    file = new_sqlite(folder / "ours.sqlite", PEOPLE, SESSIONS)
    environ = site_environ(folder, DATABASE_URL=file)
    acts = {
        LOGIN_PAGE: [Request("/login", headers=BROWSER)],
        PROFILE: profile_of(ASKING),
        RENAME: [_posted_form("/profile/name", cookie(person), name=NEW_NAME) for person in ASKING],
        LOG_IN: login_of(LOGGING_IN),
    }
    return Site("these account pages", lambda: run_program("web", environ, folder), lambda _: acts)


def _allauth(folder: Path) -> Site:
    python = str(HERE / ".venv" / "bin" / "python")
    environ = {
        "DJANGO_SETTINGS_MODULE": "bench.peers.allauth_site.settings",
        "DATABASE_FILE": str(folder / "allauth.sqlite"),
        "SECRET_KEY": SECRET_KEY,
    }
    command = [python, "-m", "gunicorn", "--config", "python:bench.peers.allauth_site.server"]
    csrf = "c" * 32  # in the cookie and in the form, as Django's protection wants it
    token = {"csrfmiddlewaretoken": csrf}
    filled = _fill([python, "-m", "bench.peers.allauth_site.fill"], environ, folder)
    cookies = [f"{session}; csrftoken={csrf}" for session in filled]
    acts = {
        LOGIN_PAGE: [Request("/accounts/login/", headers=BROWSER)],
        PROFILE: _profile(cookies),
        RENAME: [_posted_form("/profile/name", cookies[person], first_name=NEW_NAME, **token) for person in ASKING],
        LOG_IN: [
            _posted_form("/accounts/login/", f"csrftoken={csrf}", login=email(person), password=PASSWORD, **token)
            for person in LOGGING_IN
        ],
    }
    name = f"django-allauth {_pinned_python('django-allauth')}, Django {_pinned_python('django')}"
    return Site(name, lambda: run_command(command, environ, folder, path="/accounts/login/"), lambda _: acts)


def _better_auth(folder: Path) -> Site:
    scripts = HERE / "better_auth_site"
    environ = {
        "NODE_ENV": "production",
        "DATABASE_FILE": str(folder / "better-auth.sqlite"),
        "SECRET_KEY": SECRET_KEY,
    }
    cookies = _fill(["node", str(scripts / "fill.js")], environ, folder)

    def acts(url: str) -> Acts:
        return {
            LOGIN_PAGE: [Request("/login", headers=BROWSER)],
            PROFILE: _profile(cookies),
            RENAME: [
                _posted_json("/api/auth/update-user", url, {"Cookie": cookies[person]}, name=NEW_NAME)
                for person in ASKING
            ],
            LOG_IN: [
                _posted_json("/api/auth/sign-in/email", url, {}, email=email(person), password=PASSWORD)
                for person in LOGGING_IN
            ],
        }

    name = f"better-auth {_pinned_node('better-auth')}, Hono {_pinned_node('hono')}"
    command = ["node", str(scripts / "server.js")]
    return Site(name, lambda: run_command(command, environ, folder, path="/login"), acts)


def _references(folder: Path) -> list[Site]:
    plain, page = Request("/plain"), Request("/page")
    return [
        Site(
            "Starlette's plain-text route (b)",
            lambda: run_program("bench.references", {}, folder, path="/plain"),
            lambda _: {LOGIN_PAGE: [plain]},
        ),
        Site(
            "profile page from memory (c)",
            lambda: run_program("bench.references", {}, folder, path="/page"),
            lambda _: {PROFILE: [page]},
        ),
    ]


def _fill(command: list[str], environ: Mapping[str, str], folder: Path) -> list[str]:
    """Let a peer write its own database, and return the cookie of each person."""
    given = {
        "emails": [email(person) for person in range(PEOPLE)],
        "names": [f"Person {person}" for person in range(PEOPLE)],
        "password": PASSWORD,
        "agents": [AGENTS[session % len(AGENTS)] for session in range(SESSIONS)],
    }
    environment = environment_of_program({"HOST": "127.0.0.1", "PORT": "0", **environ})
    done = subprocess.run(
        command, cwd=folder, env=environment, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    return list(json.loads(done.stdout))


def _profile(cookies: Sequence[str]) -> list[Request]:
    return [Request("/profile", headers={**BROWSER, "Cookie": cookies[person]}) for person in ASKING]


def _posted_form(path: str, cookie: str, **fields: str) -> Request:
    return Request(path, "POST", {**BROWSER, **FORM, "Cookie": cookie}, urlencode(fields))


def _posted_json(path: str, origin: str, headers: Mapping[str, str], **fields: str) -> Request:
    json_headers = {**BROWSER, "Content-Type": "application/json", "Origin": origin, "Sec-Fetch-Site": "same-origin"}
    return Request(path, "POST", {**json_headers, **headers}, json.dumps(fields))


def _pinned_python(name: str) -> str:
    lock = (HERE / "requirements.lock").read_text("utf-8")
    found = re.search(rf"^{name}==(\S+)", lock, re.MULTILINE)
    return found.group(1) if found else ""


def _pinned_node(name: str) -> str:
    return str(json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"][name])
