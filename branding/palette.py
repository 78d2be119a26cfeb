"""The colours that follow from an owner's accent, for the light and for the dark scheme.

Only its lightness is moved, and only as far as contrast asks for (WCAG 2.2, 1.4.3 and 1.4.11). Text, hints, edges and
errors have colours of their own, which no owner sets: static/css/tokens.css.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

from branding.oklch import Oklch, format_hex, measure_contrast, measure_hue_distance, parse_hex

TEXT = 4.5  # contrast of words
EDGE = 3.0  # contrast of edges, rings and signs
STEP = 0.004  # of lightness, less than one can see
UNDER_POINTER = 0.07  # how far lightness moves under the pointer
HARDLY_SEEN = 0.05  # a move of lightness that is worth it for white words, which are read better on strong colours
GREY = 0.03  # a chroma below which no hue is seen
NEAR = 30  # degrees between two hues that are taken for each other
WHITE = "#ffffff"
DARK_WORDS = Oklch(0.18, 0.02, 0)  # words on a light button, in the hue of the accent


@dataclass(frozen=True)
class Scheme:
    """What the accent is seen on. `towards` is the lightness that words move to; the tint's is fixed."""

    surface: str
    ground: str
    trouble: str
    towards: float
    tint: Oklch


LIGHT = Scheme("#ffffff", "#f5f5f2", "#b3261e", 0.0, Oklch(0.945, 0.013, 0))
DARK = Scheme("#1c1f22", "#131517", "#ffb3ab", 1.0, Oklch(0.29, 0.025, 0))
SCHEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme, each `#rrggbb`, named as the custom properties of CSS."""

    accent: str  # links, focus rings: read on surface, ground and tint
    accent_deep: str  # the same under the pointer
    fill: str  # main buttons and the mark of the brand
    fill_deep: str  # the same under the pointer
    fill_edge: str  # the edge of a main button
    on_fill: str  # words on fill and fill_deep
    tint: str  # background of badges and of messages that tell a success


@dataclass(frozen=True)
class Palette:
    """The colours of both schemes."""

    light: Tokens
    dark: Tokens


OURS = Palette(  # chosen by eye, as in static/css/tokens.css
    Tokens("#1f5f4f", "#164539", "#1f5f4f", "#164539", "#1f5f4f", "#ffffff", "#e4efeb"),
    Tokens("#7fd1b9", "#a5e2cf", "#7fd1b9", "#a5e2cf", "#7fd1b9", "#0c2019", "#1d3029"),
)


@cache
def derive_palette(accent: str | None) -> Palette:
    """Derive the colours of both schemes from an accent, `#rrggbb`; without one they are ours."""
    return Palette(_derive_tokens(accent, LIGHT), _derive_tokens(accent, DARK)) if accent else OURS


def write_css(palette: Palette) -> str:
    """Return style rules that set a palette, to follow those of our own."""
    light, dark = _write_rule(palette.light), _write_rule(palette.dark)
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"


def describe_changes(accent: str) -> Iterator[str]:
    """Yield a sentence for each use in which an accent does not stay as it is, for whoever has chosen it."""
    palette = derive_palette(accent)
    for name, tokens in (("light", palette.light), ("dark", palette.dark)):
        if tokens.accent != accent:
            yield f"links and focus rings are {tokens.accent} in the {name} scheme, to be read"
        if tokens.fill != accent:
            yield f"buttons are {tokens.fill} in the {name} scheme, to be seen with their words"
    if parse_hex(accent).chroma > GREY and measure_hue_distance(accent, LIGHT.trouble) < NEAR:
        yield "it is close to the red of errors, which their words tell apart"


def _derive_tokens(accent: str, scheme: Scheme) -> Tokens:
    color = parse_hex(accent)
    tint = format_hex(Oklch(scheme.tint.lightness, min(scheme.tint.chroma, color.chroma), color.hue))
    text = _move(accent, scheme.towards, TEXT, scheme.surface, scheme.ground, tint)
    fill, words = _choose_fill(accent, scheme)
    is_seen = all(measure_contrast(fill, behind) >= EDGE for behind in (scheme.surface, scheme.ground))
    return Tokens(
        accent=text,
        accent_deep=_shift(text, 2 * UNDER_POINTER * (scheme.towards - 0.5)),
        fill=fill,
        fill_deep=_deepen(fill, words),
        fill_edge=fill if is_seen else text,
        on_fill=words,
        tint=tint,
    )


def _choose_fill(accent: str, scheme: Scheme) -> tuple[str, str]:
    """Return the colour of buttons, and of the words on them: white where that hardly moves the accent, else dark.

    In the dark scheme a button stands out from what is around it. In the light one its edge may do that alone, so that
    a bright accent stays as it is.
    """
    seen = _move(accent, 1.0, EDGE, scheme.surface) if scheme is DARK else accent
    color = parse_hex(seen)
    dark = format_hex(Oklch(DARK_WORDS.lightness, min(DARK_WORDS.chroma, color.chroma), color.hue))
    under_white = _move(seen, 0.0, TEXT, WHITE)
    if color.lightness - parse_hex(under_white).lightness <= HARDLY_SEEN:
        return under_white, WHITE
    return _move(seen, 1.0, TEXT, dark), dark


def _deepen(fill: str, words: str) -> str:
    """Return the colour of a button under the pointer: away from its words, or towards them where that is the end."""
    away = UNDER_POINTER if words != WHITE else -UNDER_POINTER
    deeper = _shift(fill, away)
    return deeper if measure_contrast(fill, deeper) > 1.1 else _shift(fill, -3 * away)  # black, or white


def _shift(color: str, by: float) -> str:
    moved = parse_hex(color)
    return format_hex(moved.at(moved.lightness + by))


def _move(color: str, towards: float, contrast: float, *behind: str) -> str:
    """Return the nearest lightness of a colour that has this contrast to all that may be behind it."""
    start, moved = parse_hex(color), color
    steps = 0
    while any(measure_contrast(moved, each) < contrast for each in behind):
        steps += 1
        moved = format_hex(start.at(start.lightness + (STEP if towards else -STEP) * steps))
    return moved


def _write_rule(tokens: Tokens) -> str:
    names = ((field.name.replace("_", "-"), getattr(tokens, field.name)) for field in fields(tokens))
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in names) + " }"
