"""Bounds on this process: what a codec can use up, and what it can reach."""

import contextlib
import resource
import signal

from web.photos.decoder.refusal import PIXELS, Refused

MIB = 1024 * 1024
ADDRESS_SPACE = 216 * MIB  # libraries and all; some 40 MiB of it are never resident
PIXELS_AND_FILE = 162 * MIB  # of it, what a file may make us hold: with the site's own memory less than 300 MiB
CPU_SECONDS = 1.75  # so nobody waits longer than two for a stranger's photo
WALL_SECONDS = 20  # where many others want the cores too
OUTPUT_BYTES = MIB
MEGAPIXEL = 1_000_000


def bound_this_process() -> None:
    """Limit CPU time, wall time, address space and output. Each limit ends the process by a signal,
    or a codec by its lack of memory."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.alarm(WALL_SECONDS)
    _limit(resource.RLIMIT_CPU, int(CPU_SECONDS) + 1)
    _limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    _limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
    _limit(resource.RLIMIT_CORE, 0)


def forbid_new_files() -> None:
    """Open nothing from here on, no file and no connection; what is open stays so."""
    _limit(resource.RLIMIT_NOFILE, 0)


def bound_pixels(size: tuple[int, int], kind: str, bytes_per_pixel: float, file_bytes: int, most: float) -> None:
    """Raise Refused where a photo would take more memory than there is, or has more pixels than `most` megapixels."""
    pixels = size[0] * size[1]
    allowed = min(most * MEGAPIXEL, (PIXELS_AND_FILE - file_bytes) / bytes_per_pixel)
    if pixels > allowed:
        has, most_now = -(-pixels // MEGAPIXEL), int(allowed / MEGAPIXEL)
        raise Refused(PIXELS, kind=kind, has=has, most=most_now)


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS takes no limit of the address space
        resource.setrlimit(what, (most, most))
