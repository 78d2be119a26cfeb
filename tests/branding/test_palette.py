"""What is promised of any accent an owner may choose: all words can be read, all edges and rings be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, fields
from functools import cache
from itertools import product

import pytest

from branding.oklch import format_hex, measure_contrast, measure_hue_distance, parse_hex
from branding.palette import DARK, LIGHT, OURS, Palette, derive_palette, describe_changes, write_css
from tests.kit.serving import ROOT

STEPS = ("00", "33", "66", "99", "cc", "ff")
BRANDS = ("#ffd400", "#1f5f4f", "#e53935", "#ff6600", "#1877f2", "#635bff", "#808080", "#777777", "#010101", "#fefefe")
ACCENTS = [*("#" + "".join(parts) for parts in product(STEPS, repeat=3)), *BRANDS]
RULE = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")


@cache
def palettes() -> list[tuple[str, Palette]]:
    return [("ours", OURS), *((accent, derive_palette(accent)) for accent in ACCENTS)]


def fixed_colors() -> list[dict[str, str]]:
    """Those of our style sheet, for the light and for the dark scheme."""
    css = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
    light, _, dark = css.partition("@media (prefers-color-scheme: dark)")
    return [{name: lengthen(color) for name, color in RULE.findall(part)} for part in (light, dark)]


def lengthen(color: str) -> str:
    return color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])


def test_with_any_accent_all_words_are_read_and_all_edges_seen() -> None:
    fixed = fixed_colors()
    for accent, palette in palettes():
        for scheme, tokens, others in zip((LIGHT, DARK), (palette.light, palette.dark), fixed, strict=True):
            page = (scheme.surface, scheme.ground)
            behind = (*page, tokens.tint)
            assert measure_least(tokens.accent, behind) >= 4.5, accent
            assert measure_least(tokens.accent_deep, behind) >= 4.5, accent
            assert measure_least(tokens.on_fill, (tokens.fill, tokens.fill_deep)) >= 4.5, accent
            assert measure_least(tokens.fill_edge, page) >= 3, accent
            assert measure_least(others["soft"], behind) >= 4.5, accent
            assert measure_least(others["ink"], behind) >= 7, accent
            assert tokens.fill_deep != tokens.fill or accent == "ours", accent  # those are chosen by eye


def measure_least(color: str, behind: Iterable[str]) -> float:
    """Return the contrast to that of the colours behind it from which it differs least."""
    return min(measure_contrast(color, each) for each in behind)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_what_no_owner_sets_can_be_read_and_seen_too(scheme: int) -> None:
    colors = fixed_colors()[scheme]
    for edge in ("surface", "ground"):
        assert measure_contrast(colors["edge"], colors[edge]) >= 3
    for behind in ("surface", "trouble-tint"):
        assert measure_contrast(colors["trouble"], colors[behind]) >= 4.5


def test_an_accent_keeps_its_hue() -> None:
    """As far as eight bits for each of red, green and blue can tell."""
    for accent, palette in palettes()[1:]:
        for moved in (palette.light.accent, palette.light.fill, palette.dark.accent, palette.dark.fill):
            if min(parse_hex(accent).chroma, parse_hex(moved).chroma) > 0.03:
                assert measure_hue_distance(accent, moved) < 3, accent


def test_an_accent_that_can_be_read_stays_as_it_is() -> None:
    for accent, palette in palettes()[1:]:
        for scheme, tokens in ((LIGHT, palette.light), (DARK, palette.dark)):
            is_read = measure_least(accent, (scheme.surface, scheme.ground, tokens.tint)) >= 4.5
            assert (tokens.accent == accent) == is_read, accent


def test_a_bright_accent_keeps_its_colour_on_buttons_and_is_darkened_for_links() -> None:
    palette = derive_palette("#ffd400")
    assert palette.light.fill == palette.dark.fill == palette.dark.accent == "#ffd400"
    assert measure_contrast(palette.light.on_fill, "#000000") < 1.3
    assert parse_hex(palette.light.accent).lightness < 0.6
    assert list(describe_changes("#ffd400")) == [
        f"links and focus rings are {palette.light.accent} in the light scheme, to be read"
    ]


def test_strong_colours_have_white_words() -> None:
    for accent in ("#e53935", "#1877f2", "#635bff", "#1f5f4f"):
        assert derive_palette(accent).light.on_fill == "#ffffff"


def test_an_accent_like_the_red_of_errors_is_told() -> None:
    close = "it is close to the red of errors, which their words tell apart"
    assert close in describe_changes("#e53935")
    assert close not in describe_changes("#3366ff")
    assert close not in describe_changes("#777777")


def test_ours_are_those_of_the_style_sheets() -> None:
    for number, tokens in enumerate((OURS.light, OURS.dark)):
        named = {field.name.replace("_", "-"): getattr(tokens, field.name) for field in fields(tokens)}
        assert named.items() <= fixed_colors()[number].items()
    css = (ROOT / "backend" / "http" / "templates" / "pages.css").read_text("utf-8")
    assert {color for name, color in RULE.findall(css) if name == "accent"} == {OURS.light.accent, OURS.dark.accent}


def test_what_an_accent_is_seen_on_is_that_of_the_style_sheet() -> None:
    for number, scheme in enumerate((LIGHT, DARK)):
        colors = fixed_colors()[number]
        assert (scheme.surface, scheme.ground) == (colors["surface"], colors["ground"])
        assert scheme.trouble == colors["trouble"]


def test_a_palette_is_written_for_both_schemes() -> None:
    palette = derive_palette("#ffd400")
    light, dark = write_css(palette).split("@media (prefers-color-scheme: dark)")
    assert [color for _, color in RULE.findall(light)] == [*astuple(palette.light)]
    assert [color for _, color in RULE.findall(dark)] == [*astuple(palette.dark)]


def test_a_colour_comes_back_as_it_went() -> None:
    assert [color for color in ACCENTS if format_hex(parse_hex(color)) != color] == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21), ("#767676", "#ffffff", 4.54), ("#ff0000", "#00ff00", 2.91), ("#abcdef", "#abcdef", 1)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert measure_contrast(one, other) == pytest.approx(expected, abs=0.01)


def test_lightness_and_hue_are_those_of_css() -> None:
    """CSS Color 4 says of `red`: oklch(62.8% 0.2577 29.23)."""
    red = parse_hex("#ff0000")
    assert red.lightness == pytest.approx(0.628, abs=0.001)
    assert red.chroma == pytest.approx(0.2577, abs=0.001)
    assert red.hue == pytest.approx(29.23, abs=0.05)
