"""How many names are changed a second, beside how many bare commits the same database file takes."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bench.programs import run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import BROWSER, FORM, cookie, email, new_sqlite, site_environ
from tests.kit.load import Request, load, require_success

PEOPLE = 1000
ASKING = range(100)
RENAMED = range(200, 208)  # who are looked after for lost updates
TIMES = 25
FRAGMENT = {**BROWSER, **FORM, "HX-Request": "true", "HX-Request-Type": "partial"}


def measure(effort: Effort, folder: Path) -> list[Row]:
    file = folder / "writing.sqlite"
    environ = site_environ(folder, DATABASE_URL=new_sqlite(file, PEOPLE))
    with run_program("web", environ, folder) as site:
        named = [_rename(person, "Somebody else") for person in ASKING]
        both = {
            "names": lambda: require_success(load(site.url, named, effort.seconds), "renaming").rate,
            "commits": lambda: commits(file, effort.seconds),
        }
        both["names"]()
        found = measure_in_turns(both, effort.rounds)
        lost = lost_updates(site.url, file)
    beside = {"a second": median(found["names"]), "bare commits": median(found["commits"])}
    tried = len(RENAMED) * TIMES
    return [
        Row(
            "POST /profile/name, fragment",
            Ratio.of(found["names"], found["commits"]),
            "bare commits",
            least=0.20,
            beside=beside,
        ),
        Row("lost updates", Ratio(lost, lost, lost), f"of {tried}", most=0),
    ]


def commits(file: Path, seconds: float) -> float:
    """Commit the same change again and again, each on disk."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.execute("PRAGMA synchronous=FULL")
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE users SET name = ? WHERE email_key = ?", (f"Name {count}", email(999)))
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / took


def lost_updates(base: str, file: Path) -> int:
    """Several people at once, each changing their name again and again and looking whether it was kept."""
    with ThreadPoolExecutor(len(RENAMED)) as pool:
        return sum(pool.map(lambda person: _count_lost(base, file, person), RENAMED))


def _count_lost(base: str, file: Path, person: int) -> int:
    connection, lost = sqlite3.connect(file), 0
    with httpx.Client(base_url=base, trust_env=False) as http:
        for count in range(TIMES):
            asked = _rename(person, f"Name {count}")
            answer = http.post(asked.path, headers=dict(asked.headers), content=asked.body)
            kept = connection.execute("SELECT name FROM users WHERE email_key = ?", (email(person),)).fetchone()
            lost += answer.status_code == 200 and kept != (f"Name {count}",)
    connection.close()
    return lost


def _rename(person: int, name: str) -> Request:
    headers = {**FRAGMENT, "Cookie": cookie(person)}
    return Request("/profile/name", "POST", headers, f"name={name.replace(' ', '+')}")
