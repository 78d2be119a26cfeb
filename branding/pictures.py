"""Pictures of the owner's: read and checked at the start, so that none can do anything but be seen.

A function that reads one raises ValueError with the rest of a sentence that begins with the name of the setting.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST = 64 * 1024  # bytes
LONGEST_SIDE = 10_000  # of a picture, in its own units
SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"  # elements of pages act in a picture that is opened alone, too
PNG_START = b"\x89PNG\r\n\x1a\n"
# What acts, loads or moves. Text in another language of the web comes in by foreignObject.
REFUSED = {
    *("script", "handler", "listener", "foreignobject", "iframe", "object", "embed", "audio", "video", "link"),
    *("animate", "animatemotion", "animatetransform", "animatecolor", "set", "discard"),
}
OWN_REFERENCE = re.compile(r"#|data:image/(png|jpeg|webp|gif);base64,")
OUTSIDE = re.compile(r"""url\((?!\s*+["']?\s*+#)|@import|@font-face|\\|image-set\(""", re.IGNORECASE)
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")


@dataclass(frozen=True)
class Picture:
    """A picture. `width` and `height` are in its own units; `ending` is that of its file."""

    content: bytes
    ending: str
    width: float
    height: float

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """Return the size in whole pixels at which it fills a box without leaving it."""
        scale = min(width / self.width, height / self.height)
        return max(round(self.width * scale), 1), max(round(self.height * scale), 1)


def read_picture(path: Path) -> Picture:
    """Read an SVG or a PNG. Raises ValueError."""
    content = read_bounded(path, LARGEST)
    if content.startswith(PNG_START):
        return Picture(content, "png", *_measure_png(content))
    return Picture(content, "svg", *_measure_svg(content))


def read_bounded(path: Path, largest: int) -> bytes:
    """Read a file of at most so many bytes. Raises ValueError."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError:
        raise ValueError(f"must be a file that can be read, not {str(path)!r}") from None
    if not 0 < len(content) <= largest:
        raise ValueError(f"must be a file of at most {largest // 1024} kB that is not empty, not {str(path)!r}")
    return content


def _measure_png(content: bytes) -> tuple[float, float]:
    """Return width and height of a PNG whose pieces are whole."""
    kinds = list(_list_chunks(content))
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise ValueError("must be an SVG or a PNG that is whole")
    return _check_size(*struct.unpack(">II", content[16:24]))


def _list_chunks(content: bytes) -> Iterator[bytes]:
    """Yield the kinds of the pieces of a PNG, as far as they are whole."""
    at = len(PNG_START)
    while len(content) >= at + 12:
        (length,) = struct.unpack(">I", content[at : at + 4])
        body, check = content[at + 4 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if struct.pack(">I", zlib.crc32(body)) != check:
            return
        yield body[:4]
        at += 12 + length


def _measure_svg(content: bytes) -> tuple[float, float]:
    """Return width and height of an SVG that draws, and does nothing else."""
    from xml.parsers import expat  # imported here: few have a picture of their own

    checker = _SvgChecker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = checker.refuse_doctype
    parser.ProcessingInstructionHandler = checker.refuse_instruction
    parser.StartElementHandler = checker.check_element
    parser.EndElementHandler = checker.leave_element
    parser.CharacterDataHandler = checker.collect_text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"must be an SVG or a PNG; as an SVG it cannot be read: {error}") from None
    return checker.size


class _SvgChecker:
    """Takes what a parser of XML finds in an SVG, and raises ValueError at what does more than draw."""

    def __init__(self) -> None:
        self.size = (0.0, 0.0)
        self.open: list[str] = []
        self.style = ""

    def refuse_doctype(self, *_of_it: object) -> None:
        raise ValueError("must be an SVG without a DOCTYPE")

    def refuse_instruction(self, target: str, _text: str) -> None:
        raise ValueError(f"must be an SVG without instructions such as <?{target}?>")

    def check_element(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if not self.open:
            self._check_root(space, tag, attributes)
        if tag.lower() in REFUSED or space == XHTML:
            raise ValueError(f"must be an SVG that only draws, without <{tag}>")
        if self.open[-1:] == ["style"]:  # browsers join the text around it
            raise ValueError("must be an SVG with nothing but text in <style>")
        for attribute, value in attributes.items():
            _check_attribute(attribute.rpartition(" ")[2].lower(), value)
        self.open.append(tag)

    def leave_element(self, _name: str) -> None:
        self.open.pop()
        _check_style(self.style)
        self.style = ""

    def collect_text(self, text: str) -> None:
        """Collect the text of a style, which may come in pieces."""
        if self.open[-1:] == ["style"]:
            self.style += text

    def _check_root(self, space: str, tag: str, attributes: Mapping[str, str]) -> None:
        if (space, tag) != (SVG, "svg"):
            raise ValueError("must be an SVG or a PNG")
        self.size = _find_size(attributes)


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on") or name == "base":
        raise ValueError(f"must be an SVG that only draws, without the attribute {name}")
    if name in ("href", "src") and not OWN_REFERENCE.match(value):
        raise ValueError("must be an SVG that loads nothing: references to other files are not followed")
    if name not in ("href", "src"):
        _check_style(value)


def _check_style(text: str) -> None:
    if OUTSIDE.search(text):
        raise ValueError("must be an SVG that loads nothing: styles may refer to parts of it alone, as in url(#part)")


def _find_size(attributes: Mapping[str, str]) -> tuple[float, float]:
    """Return width and height, of the view box or as they are given."""
    box = attributes.get("viewBox", "").replace(",", " ").split()
    sides = box[2:] if len(box) == 4 else [attributes.get("width", ""), attributes.get("height", "")]
    found = [match for match in map(LENGTH.fullmatch, sides) if match]
    if len(found) < 2:
        raise ValueError("must be an SVG with a viewBox, or with width and height in pixels")
    return _check_size(float(found[0][1]), float(found[1][1]))


def _check_size(width: float, height: float) -> tuple[float, float]:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ValueError(f"must be a picture with sides from 1 to {LONGEST_SIDE}")
    return width, height
