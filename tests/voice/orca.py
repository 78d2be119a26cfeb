"""Orca, the screen reader of Linux's desktops, on a desktop of its own that nobody sees or hears."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.kit.display import start_display
from tests.kit.serving import die_with_parent, environment_of_program, stop

# By Debian package. speech-dispatcher brings a voice that says nothing, xdotool the keys of a real keyboard.
PROGRAMS = {
    "orca": "orca",
    "speech-dispatcher": "speech-dispatcher",
    "dbus-daemon": "dbus-daemon",
    "at-spi2-core": "/usr/libexec/at-spi-bus-launcher",
    "xdotool": "xdotool",
}
SILENT = 'AddModule "dummy" "sd_dummy" ""\nDefaultModule dummy\nAudioOutputMethod libao\n'
NO_SOUND = "default_driver=null\n"  # of libao: there may be no sound card
# A page is not read as a whole when it opens, or its transcript would bury what is said about it; keys are not named.
SETTINGS = {"sayAllOnLoad": False, "enableKeyEcho": False, "enableEchoByCharacter": False}
SPOKEN = re.compile(r"SPEECH OUTPUT: '(.*?)'(?:\{.*)?\s*$")
START = 30.0  # seconds
PATIENCE = 15.0
QUIET = 1.5  # without a word, whoever speaks has ended


class Orca:
    """What it says, read from its log. `environ` is that of the desktop."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._unheard: list[str] = []

    def listen(self, log: int) -> None:
        """Note what is said, until the log is closed."""
        with contextlib.suppress(OSError), os.fdopen(log, errors="replace") as lines:
            for found in map(SPOKEN.search, lines):
                if words := " ".join(found[1].split()) if found else "":
                    self._unheard.append(words)

    def hear(self, *expected: str) -> list[str]:
        """Return what is said from the last call on, once all that is expected was said, or nothing more is."""
        deadline = time.monotonic() + PATIENCE
        while not _contains(self._unheard, expected) and time.monotonic() < deadline:
            time.sleep(0.1)
        self._wait_for_quiet()
        said, self._unheard = self._unheard, []
        return said

    def _wait_for_quiet(self) -> None:
        before, since = len(self._unheard), time.monotonic()
        while time.monotonic() - since < QUIET:
            time.sleep(0.1)
            if len(self._unheard) > before:
                before, since = len(self._unheard), time.monotonic()


def _contains(said: list[str], expected: tuple[str, ...]) -> bool:
    return all(words in " ".join(said) for words in expected)


def find_missing() -> list[str]:
    """Return the Debian packages of what is missing."""
    return [package for package, program in PROGRAMS.items() if not shutil.which(program)]


@contextmanager
def start_orca(folder: Path) -> Iterator[Orca]:
    """Start Orca on a desktop whose folders are all in this one."""
    with start_display() as display, start_bus(_lay_out(folder, display)) as environ, open_log(Orca(environ)) as log:
        orca, path = log
        process = _start(["orca", f"--debug-file={path}", "--disable=braille"], environ)
        try:
            _wait_for_first_word(orca, process)
            yield orca
        finally:
            stop(process)


@contextmanager
def open_log(orca: Orca) -> Iterator[tuple[Orca, str]]:
    """Open a log that it listens to; a terminal, because into a file Orca writes late."""
    reader, writer = os.openpty()
    listener = threading.Thread(target=orca.listen, args=[reader])
    listener.start()
    try:
        yield orca, os.ttyname(writer)
    finally:
        os.close(writer)
        listener.join()


def _lay_out(folder: Path, display: str) -> dict[str, str]:
    """Write the settings, and return the environment in which they are found."""
    config, data, runtime = (folder / name for name in ("config", "data", "runtime"))
    (config / "speech-dispatcher").mkdir(parents=True)
    (config / "speech-dispatcher" / "speechd.conf").write_text(SILENT, "utf-8")
    (folder / ".libao").write_text(NO_SOUND, "utf-8")
    (data / "orca").mkdir(parents=True)
    settings = {"general": SETTINGS, "profiles": {"default": SETTINGS}, "pronunciations": {}, "keybindings": {}}
    (data / "orca" / "user-settings.conf").write_text(json.dumps(settings), "utf-8")
    runtime.mkdir(mode=0o700)
    folders = {"XDG_CONFIG_HOME": config, "XDG_DATA_HOME": data, "XDG_RUNTIME_DIR": runtime, "HOME": folder}
    texts = {name: str(path) for name, path in folders.items()}
    return {**texts, "DISPLAY": display, "LANG": "C.UTF-8", "GNOME_ACCESSIBILITY": "1"}


@contextmanager
def start_bus(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start the bus by which programs tell a screen reader what they show; yields the environment with its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    process = _start(command, environ, output=subprocess.PIPE)
    try:
        assert process.stdout
        with process.stdout:
            yield {**environ, "DBUS_SESSION_BUS_ADDRESS": process.stdout.readline().decode().strip()}
    finally:
        stop(process)


def _start(command: list[str], environ: Mapping[str, str], output: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    environment = environment_of_program({"PATH": os.environ["PATH"], **environ})
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=output, stderr=quiet, preexec_fn=die_with_parent)


def _wait_for_first_word(orca: Orca, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START
    while not orca.hear():
        assert process.poll() is None, "Orca ended at its start"
        assert time.monotonic() < deadline, "Orca says nothing"
