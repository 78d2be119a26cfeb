"""ICC profiles as cameras and presses name them, written here: what is compared must not come from what is compared."""

from __future__ import annotations

import struct
from collections.abc import Sequence

D50 = (0.9642, 1.0, 0.8249)
# Red, green and blue as XYZ under D50, each with its gamma
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
GENERIC_RGB = ((0.4543, 0.2419, 0.0149), (0.3533, 0.6736, 0.0906), (0.1566, 0.0845, 0.7195))
GRID = 9

Ink = tuple[float, float, float, float]


def rgb_profile(primaries: Sequence[tuple[float, float, float]], gamma: float) -> bytes:
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    tags = {name: _xyz(value) for name, value in zip(names, primaries, strict=True)}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(gamma))
    return _profile(b"RGB ", b"XYZ ", b"mntr", {b"wtpt": _xyz(D50), **tags, **curves})


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": _xyz(D50), b"kTRC": _gamma(gamma)})


def cmyk_profile() -> bytes:
    """Of a press whose inks are less pure than those on a screen, as a table from ink to L*a*b*."""
    table = bytearray()
    steps = [number / (GRID - 1) for number in range(GRID)]
    for ink in ((c, m, y, k) for c in steps for m in steps for y in steps for k in steps):
        lightness, a, b = measure_ink(ink)
        table += bytes((round(lightness * 2.55), _byte(a + 128), _byte(b + 128)))
    identity = struct.pack(">9i", *(65_536 * (number % 4 == 0) for number in range(9)))
    ramp = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes((4, 3, GRID, 0)) + identity + ramp * 4 + bytes(table) + ramp * 3
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": _xyz(D50), b"A2B0": lut})


def measure_ink(ink: Ink) -> tuple[float, float, float]:
    """What the profile says: L*, a* and b* of an ink from 0 to 1. They are duller than a screen's, and dots grow."""
    c, m, y, k = (amount**0.8 for amount in ink)
    light = 1 - 0.85 * k
    lightness = 96 * light * (1 - 0.42 * c) * (1 - 0.5 * m) * (1 - 0.08 * y)
    a = light * (-35 * c + 72 * m - 4 * y)
    b = light * (-48 * c - 4 * m + 88 * y)
    return lightness, a, b


def _byte(value: float) -> int:
    return min(255, max(0, round(value)))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65_536) for value in values))


def _gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


def _profile(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"A profile of the tests\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": described, b"cprt": b"text" + bytes(4) + b"None\0", **tags}
    table, contents, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    body = struct.pack(">I", len(tags)) + table + contents
    head = struct.pack(">I4sI4s4s4s", 128 + len(body), bytes(4), 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24) + struct.pack(">I", 0)
    head += struct.pack(">3i", *(round(value * 65_536) for value in D50))
    return head.ljust(128, b"\0") + body
