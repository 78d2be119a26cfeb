"""What a program says and does that ends by itself, found by its `main` in this process: Python has started already."""

import contextlib
import io
import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from tests.kit.serving import environment_of_program


def run_main(
    module: str, environ: Mapping[str, str], cwd: Path, arguments: Sequence[str] = ()
) -> CompletedProcess[str]:
    """Return what `run_to_its_end` would. Should it serve, against what is expected, it finds its port taken."""
    command = [module, *arguments]
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
        contextlib.chdir(cwd),
        take_port() as port,
        patch.object(sys, "argv", command),
        patch.dict(os.environ, environment_of_program({**({} if arguments else port), **environ}), clear=True),
        own_umask(),
    ):
        status = import_module(f"{module}.__main__").main()
    return CompletedProcess(command, status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def take_port() -> Iterator[dict[str, str]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield {"HOST": "127.0.0.1", "PORT": str(listener.getsockname()[1])}


@contextlib.contextmanager
def own_umask() -> Iterator[None]:
    before = os.umask(0)
    os.umask(before)
    try:
        yield
    finally:
        os.umask(before)
