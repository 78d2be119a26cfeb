"""Lets Orca read Firefox, prints what it says at each act, and compares that with the words that have to come.

`python -m tests.voice [ROOM ...]`. A target of its own: it takes minutes, and what a screen reader says changes with
each of its versions.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.kit import engines
from tests.kit.mailbox import free_port
from tests.kit.marionette import open_firefox, start_firefox
from tests.kit.packages import installs
from tests.kit.ram_disk import use_ram_disk
from tests.kit.serving import serve_site
from tests.voice import orca
from tests.voice.act import Act
from tests.voice.acts import ROOMS
from tests.voice.listener import Listener, Place


def main(rooms: Sequence[str]) -> int:
    missing = [*engines.find_missing(), *orca.find_missing()]
    if missing and not installs(*missing):
        print(f"Could not install {', '.join(missing)}.", file=sys.stderr)
        return 1
    use_ram_disk()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        heard = listen(Path(folder), rooms)
    print(f"\n{sum(heard)} of {len(heard)} acts said what they have to.")
    return 0 if all(heard) else 1


def listen(folder: Path, rooms: Sequence[str]) -> list[bool]:
    """Do all acts, room by room, and return whether each said what it has to."""
    desktop, profile, data = (folder / name for name in ("desktop", "profile", "site"))
    for each in (desktop, profile, data):
        each.mkdir()
    port = free_port()
    site = f"http://localhost:{port}"  # by a name, because a browser offers no passkeys at a number
    environ = {
        "DATA_DIR": str(data / "var"),
        "LIMIT_FACTOR": "1000",
        "PORT": str(port),
        "PUBLIC_URL": site,
        "PHONE_SIGN_UP": "on",
    }
    with (
        serve_site(environ, data),
        orca.start_orca(desktop) as reader,
        start_firefox(reader.environ, profile) as firefox,
    ):
        place = Place(site, environ, firefox, reader, folder)
        return [is_heard for room in rooms for is_heard in listen_in(room, place)]


def listen_in(room: str, place: Place) -> list[bool]:
    """Do the acts of one room, in a window and with an account of their own."""
    print(f"\n# {room}", flush=True)
    with open_firefox(place.firefox, place.site) as window:
        listener = Listener(place, window, f"ada@{room}.example")
        return [is_heard(act, listener) for act in ROOMS[room]]


def is_heard(act: Act, listener: Listener) -> bool:
    """Print what an act says, and what it should have said, or says more than once."""
    listener.orca.hear()
    act.does(listener)
    said = listener.orca.hear(*act.expected)
    print(f"\n{act.name}", *(f"  {words}" for words in said), sep="\n", flush=True)
    complaints = act.complain(said)
    for complaint in complaints:
        print(f"  WRONG: {complaint}", flush=True)
    return not complaints


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ROOMS)))
