"""Limits on this process: the resources of a codec, and the files it can open."""

import contextlib
import resource
import signal

from web.photos.decoder.refusal import TOO_MANY_PIXELS, PhotoRefused

MIB = 1024 * 1024
ADDRESS_SPACE = 216 * MIB  # libraries and all; some 40 MiB of it are never resident
PIXELS_AND_FILE = 162 * MIB  # for pixels and file; with the site's own memory less than 300 MiB
CPU_SECONDS = 1.75  # so that nobody waits longer than two for somebody else's photo
WALL_SECONDS = 20  # on a busy machine
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
    """Forbid opening files and connections from here on; open ones stay usable."""
    _limit(resource.RLIMIT_NOFILE, 0)


def bound_pixels(size: tuple[int, int], kind: str, bytes_per_pixel: float, file_bytes: int, most: float) -> None:
    """Raise PhotoRefused for a photo that needs more memory than there is, or has more than `most` megapixels."""
    pixels = size[0] * size[1]
    allowed = min(most * MEGAPIXEL, (PIXELS_AND_FILE - file_bytes) / bytes_per_pixel)
    if pixels > allowed:
        has, most_now = -(-pixels // MEGAPIXEL), int(allowed / MEGAPIXEL)
        raise PhotoRefused(TOO_MANY_PIXELS, kind=kind, has=has, most=most_now)


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS takes no limit of the address space
        resource.setrlimit(what, (most, most))
