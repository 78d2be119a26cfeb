"""Lets Orca read Firefox, prints what it says at each act, and compares that with the words that have to come.

`python -m tests.voice`. A target of its own: it takes two minutes, and what a screen reader says changes with each of
its versions.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.kit import engines
from tests.kit.marionette import open_firefox, start_firefox
from tests.kit.packages import installs
from tests.kit.ram_disk import use_ram_disk
from tests.kit.serving import serve_site
from tests.voice import orca
from tests.voice.acts import ACTS, Act
from tests.voice.listener import Listener


def main() -> int:
    missing = [*engines.find_missing(), *orca.find_missing()]
    if missing and not installs(*missing):
        print(f"Could not install {', '.join(missing)}.", file=sys.stderr)
        return 1
    use_ram_disk()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        wrong = listen(Path(folder))
    print(f"\n{len(ACTS) - len(wrong)} of {len(ACTS)} acts said what they have to.")
    return 1 if wrong else 0


def listen(folder: Path) -> list[Act]:
    """Do all acts, one after the other, and return those that did not say what they have to."""
    desktop, profile, data = (folder / name for name in ("desktop", "profile", "site"))
    for each in (desktop, profile, data):
        each.mkdir()
    with (
        serve_site({"DATA_DIR": str(data / "var"), "LIMIT_FACTOR": "1000"}, data) as site,
        orca.start_orca(desktop) as reader,
        start_firefox(reader.environ, profile) as firefox,
        open_firefox(firefox, site) as window,
    ):
        listener = Listener(window, reader, folder)
        return [act for act in ACTS if not is_heard(act, listener)]


def is_heard(act: Act, listener: Listener) -> bool:
    """Print what an act says, and what it should have said, or says more than once."""
    listener.orca.hear()
    act.does(listener)
    said = listener.orca.hear(*act.expected)
    print(f"\n{act.name}", *(f"  {words}" for words in said), sep="\n", flush=True)
    counts = {words: " ".join(said).count(words) for words in act.expected}
    wrong = {words: count for words, count in counts.items() if not 1 <= count <= act.times}
    for words, count in wrong.items():
        print(f"  WRONG: “{words}” was said {count} times", flush=True)
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
