"""Files that are no photos, or too much of one: what is kept is a picture alone, and memory stays bounded."""

from __future__ import annotations

import asyncio
import io
import re
import struct
import zlib
from collections.abc import Iterator

import httpx
from PIL import Image, PngImagePlugin

from tests.attack.exhaustion import MEMORY, expect_service
from tests.attack.world import World
from tests.kit.people import ADA
from tests.kit.photo_files import encode_image

SECRET = b"where it was taken"
MARKUP = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n"


async def hostile_photos(world: World) -> int:
    """Sent under friendly names and types. Each is refused, or only its picture is kept, newly drawn."""
    async with world.visitor(ADA) as visitor:
        tried = 0
        for name, content in files():
            for sent_as, media_type in (("photo.png", "image/png"), ("photo.jpg", "image/jpeg")):
                answer = await visitor.http.post("/profile/avatar", files={"avatar": (sent_as, content, media_type)})
                assert answer.status_code in (303, 422), f"{name}: {answer.status_code}"
                if answer.status_code == 303:
                    assert is_a_picture_alone(await fetch_photo(visitor.http)), name
                tried += 1
        assert world.site.peak_memory < MEMORY, f"{world.site.peak_memory} bytes"
        return tried


async def ten_bombs_at_once(world: World) -> int:
    """As large as is still allowed, and far larger; others are served meanwhile."""
    bombs = [one_colour(4_800, 5_000), one_colour(50_000, 50_000), one_colour(12_000, 12_000)]

    async def storm() -> None:
        async with world.visitor(ADA) as visitor:
            sent = [bombs[number % len(bombs)] for number in range(10)]
            posts = (visitor.http.post("/profile/avatar", files={"avatar": ("a.png", bomb)}) for bomb in sent)
            answers = await asyncio.gather(*posts)
            assert {answer.status_code for answer in answers} <= {303, 422, 503}

    await expect_service(world.site, storm)
    assert world.site.peak_memory < MEMORY, f"{world.site.peak_memory} bytes"
    return 10


def files() -> Iterator[tuple[str, bytes]]:
    picture = Image.linear_gradient("L").convert("RGB")
    jpeg, png, webp = (encode_image(picture, kind) for kind in ("JPEG", "PNG", "WEBP"))
    yield from [("SVG", SVG), ("HTML", MARKUP), ("PDF", b"%PDF-1.7 " + MARKUP), ("GIF", encode_image(picture, "GIF"))]
    yield from [("HTML called PNG", PNG + MARKUP), ("JPEG and HTML", jpeg + MARKUP), ("PNG and HTML", png + MARKUP)]
    yield from [("WebP and ZIP", webp + b"PK\x05\x06" + MARKUP), ("nothing", b""), ("one byte", b"\xff")]
    yield from [("bomb of 2,500 megapixels", one_colour(50_000, 50_000)), ("17 kB", one_colour(12_000, 12_000))]
    yield ("a comment with markup", encode_image(picture, "JPEG", comment=MARKUP))
    yield ("a text chunk", encode_image(picture, "PNG", pnginfo=with_text()))
    yield ("metadata", encode_image(picture, "JPEG", exif=with_place(), icc_profile=SECRET, xmp=SECRET))
    yield ("broken EXIF", encode_image(picture, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + SECRET))
    yield ("broken colour profile", encode_image(picture, "PNG", icc_profile=SECRET))
    yield from (
        (f"animated {kind}", encode_image(picture, kind, save_all=True, append_images=[picture.rotate(90)]))
        for kind in ("PNG", "WEBP", "GIF")
    )
    yield from (
        (f"{mode}", encode_image(picture.convert(mode), kind)) for mode, kind in (("CMYK", "JPEG"), ("P", "PNG"))
    )
    yield ("16 bits", encode_image(Image.new("I;16", (100, 100), 40_000), "PNG"))
    yield from ((f"{end} bytes of a JPEG", jpeg[:end]) for end in range(0, len(jpeg), len(jpeg) // 12))
    yield from ((f"PNG without byte {place}", png[:place] + png[place + 1 :]) for place in range(0, 120, 11))
    yield ("claims 4 billion lines", PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 2**31 - 1, 8, 2, 0, 0, 0)))


def one_colour(width: int, height: int) -> bytes:
    """One bit a pixel: some kilobytes that hold more memory than there may be once they are unpacked to colours."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    packer, line = zlib.compressobj(9), bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(line * 100) for _ in range(height // 100)) + packer.flush()
    return PNG + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", MARKUP.decode())
    return info


def with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6
    return exif


async def fetch_photo(http: httpx.AsyncClient) -> bytes:
    (source,) = set(re.findall(r'<img[^>]* src="([^"]+)"', (await http.get("/profile")).text))
    answer = await http.get(source)
    assert answer.headers["content-type"] == "image/webp"
    assert "sandbox" in answer.headers["content-security-policy"]
    return answer.content


def is_a_picture_alone(content: bytes) -> bool:
    image = Image.open(io.BytesIO(content))
    metadata = set(image.info) & {"exif", "icc_profile", "xmp", "comment"}
    return image.size == (512, 512) and not metadata and SECRET not in content and MARKUP not in content
