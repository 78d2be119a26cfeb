"""Colours in OKLCH, in which equal steps of lightness look equal, and the contrast between two of them.

The numbers are those of CSS Color 4 (https://www.w3.org/TR/css-color-4/#color-conversion-code), which takes them from
Björn Ottosson's Oklab.
"""

import math
from dataclasses import dataclass, replace

Triple = tuple[float, float, float]

OFFSETS = (1, 3, 5)  # of red, green and blue in `#rrggbb`
STEPS = 20  # halvings until a chroma is as exact as eight bits can show


@dataclass(frozen=True)
class Oklch:
    """A colour: lightness from 0 to 1, chroma from 0 (grey) to about 0.37, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float) -> "Oklch":
        """Return the colour with another lightness, from 0 to 1."""
        return replace(self, lightness=min(max(lightness, 0.0), 1.0))


def parse_hex(color: str) -> Oklch:
    """Convert `#rrggbb`."""
    red, green, blue = _to_linear(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def format_hex(color: Oklch) -> str:
    """Convert to `#rrggbb`. Of what no screen can show at this lightness, only the chroma is reduced."""
    if _is_shown(color):
        return _format(color)
    least, most = 0.0, color.chroma
    for _ in range(STEPS):
        chroma = (least + most) / 2
        least, most = (chroma, most) if _is_shown(replace(color, chroma=chroma)) else (least, chroma)
    return _format(replace(color, chroma=least))


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def measure_hue_distance(one: str, other: str) -> float:
    """Return how many degrees two hues are apart, from 0 to 180."""
    apart = abs(parse_hex(one).hue - parse_hex(other).hue)
    return min(apart, 360 - apart)


def _luminance(color: str) -> float:
    red, green, blue = _to_linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_linear(color: str) -> Triple:
    red, green, blue = (_decode(int(color[at : at + 2], 16) / 255) for at in OFFSETS)
    return red, green, blue


def _decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encode(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _is_shown(color: Oklch) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in _to_srgb(color))


def _format(color: Oklch) -> str:
    parts = (round(min(max(part, 0.0), 1.0) * 255) for part in _to_srgb(color))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _to_srgb(color: Oklch) -> Triple:
    a = color.chroma * math.cos(math.radians(color.hue))
    b = color.chroma * math.sin(math.radians(color.hue))
    long = (color.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (color.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (color.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encode(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encode(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encode(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )
