"""A display that nobody sees, for browsers that have no headless form."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.kit.serving import die_with_parent, stop

PROGRAM = "Xvfb"
# Without the last it starts anew whenever its last window closes, and refuses whoever comes meanwhile.
OPTIONS = ("-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset")


@contextmanager
def start_display() -> Iterator[str]:
    """Start an X server with a free number; yields it as DISPLAY has it."""
    reader, writer = os.pipe()
    command = [PROGRAM, "-displayfd", str(writer), *OPTIONS]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, pass_fds=[writer], stdout=quiet, stderr=quiet, preexec_fn=die_with_parent)
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            yield f":{number.readline().strip()}"
    finally:
        stop(process)
