"""Lighthouse, as a person on a slow phone meets the public pages: `python -m bench.lighthouse [FOLDER]`.

Writes FOLDER/lighthouse.json (the gallery shows it) and Lighthouse's own report of each page. Ends with 1 where a page
scores less than it should.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.kit.chromium import QUIET, executable, is_root
from tests.kit.serving import serve_site

COMMAND = Path(__file__).resolve().parent / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = (
    "/",
    "/login",
    "/register",
    "/login-with-magic-link",
    "/forgot-password",
    "/code",
    "/register/again",
    "/language",
    "/accessibility",
)
WANTED = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 100}
RUNS = range(3)  # the machine may be busy: the median counts
TIME_LIMIT = 120  # seconds, of one run


@dataclass(frozen=True)
class Judged:
    """Scores of 0 to 100; `times`: milliseconds (`lcp`, `tbt`), and beside them `cls`, `bytes` sent, and `requests`
    without the icon."""

    scores: dict[str, int]
    times: dict[str, float]


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serve_site({"DATA_DIR": data}, Path(data)) as site:
        judged = {page: median_of([judge(f"{site}{page}", folder / report(page)) for _ in RUNS]) for page in PAGES}
    (folder / "lighthouse.json").write_text(json.dumps({page: asdict(one) for page, one in judged.items()}, indent=1))
    for page, one in judged.items():
        print(f"{page:<24}", *(f"{name} {score}" for name, score in one.scores.items()), sep="  ")
    return 1 if any(falls_short(one) for one in judged.values()) else 0


def judge(url: str, to: Path) -> Judged:
    """One run, cold, on a simulated slow 4G and a phone's processor. Its report is written to `to`, as HTML."""
    chromium = [*QUIET, "--headless", *(["--no-sandbox"] if is_root() else [])]
    command = ["node", str(COMMAND), url, "--quiet", "--output=json", "--output=html", f"--output-path={to}"]
    for is_last in (False, True):  # now and then its Chromium does not start
        run = subprocess.run(
            [*command, f"--chrome-flags={' '.join(chromium)}"],
            env={**os.environ, "CHROME_PATH": chromium_path()},
            timeout=TIME_LIMIT,
            check=is_last,
        )
        if run.returncode == 0:
            break
    written = to.with_name(f"{to.name}.report.json")
    found = json.loads(written.read_text())
    written.unlink()
    return read_scores(found)


def read_scores(found: dict[str, dict[str, dict[str, object]]]) -> Judged:
    def value(audit: str) -> float:
        return float(str(found["audits"][audit]["numericValue"]))

    network = found["audits"]["network-requests"]["details"]["items"]  # type: ignore[index]
    return Judged(
        scores={name: round(100 * float(str(one["score"]))) for name, one in found["categories"].items()},
        times={
            "lcp": value("largest-contentful-paint"),
            "tbt": value("total-blocking-time"),
            "cls": value("cumulative-layout-shift"),
            "bytes": value("total-byte-weight"),
            "requests": float(sum("icon" not in one["url"] for one in network)),
        },
    )


def median_of(runs: list[Judged]) -> Judged:
    return Judged(
        {name: int(statistics.median_low([run.scores[name] for run in runs])) for name in runs[0].scores},
        {name: statistics.median_low([run.times[name] for run in runs]) for name in runs[0].times},
    )


def falls_short(one: Judged) -> bool:
    return any(one.scores[name] < least for name, least in WANTED.items())


def report(page: str) -> str:
    return f"lighthouse{page.replace('/', '-').rstrip('-')}"


def chromium_path() -> str:
    with sync_playwright() as playwright:
        return executable(playwright) or playwright.chromium.executable_path


if __name__ == "__main__":
    sys.exit(main())
