"""Bodies of requests that no form of ours would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=here"


@dataclass(frozen=True)
class Bad:
    """A body that is wrong, and the answers that say so."""

    name: str
    content: bytes
    content_type: str = URLENCODED
    status: tuple[int, ...] = (400,)
    headers: dict[str, str] = field(default_factory=dict)


def bad_bodies(name: str) -> Iterator[Bad]:
    yield Bad("broken UTF-8, percent-encoded", f"{name}=%ff%fe".encode())
    yield Bad("broken UTF-8, raw", f"{name}=".encode() + b"\xff\xfe")
    yield Bad("half a surrogate pair", f"{name}=%ed%a0%80".encode())
    yield Bad("NUL in a value", f"{name}=a%00b".encode())
    yield Bad("NUL in a name", f"{name}=a&b%00c=d".encode())
    yield Bad("a field twice", f"{name}=a&{name}=b".encode())
    yield Bad("an unknown field twice", f"{name}=a&other=1&other=1".encode())
    yield Bad("10,000 fields", urlencode({f"f{number}": "" for number in range(10_000)}).encode(), status=(400, 413))
    yield Bad("2 MB in a field", f"{name}=".encode() + b"a" * 2_000_000, status=(413,))
    yield Bad("JSON", b'{"%b": "a"}' % name.encode(), "application/json", (415,))
    yield Bad("text", f"{name}=a".encode(), "text/plain", (415,))
    yield Bad("no type", f"{name}=a".encode(), "", (415,))
    yield Bad("a type that is none", f"{name}=a".encode(), "/;;=", (415,))
    yield Bad("another charset", f"{name}=a".encode(), f"{URLENCODED}; charset=utf-16", (415, 400))
    yield Bad("EBCDIC", f"{name}=a".encode("cp500"), f"{URLENCODED}; charset=cp500", (415, 400))


def bad_multipart(name: str) -> Iterator[Bad]:
    head = f'--here\r\nContent-Disposition: form-data; name="{name}"'.encode()
    refused = (400, 415, 422)
    yield Bad("no boundary named", b"--here--", "multipart/form-data", refused)
    yield Bad("another boundary", head + b"\r\n\r\na\r\n--here--", "multipart/form-data; boundary=there", refused)
    yield Bad("never ended", head + b'; filename="a.png"\r\n\r\nabc', MULTIPART, refused)
    yield Bad("cut in a header", head[:50], MULTIPART, refused)
    yield Bad("another charset", head + b"\r\n\r\na\r\n--here--", f"{MULTIPART}; charset=utf-16", refused)
    charset = b"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\na\x00\r\n--here--"
    yield Bad("a part in another charset", head + charset, MULTIPART, refused)
    yield Bad("an unknown charset", head + charset.replace(b"utf-16", b"klingon"), MULTIPART, refused)
    yield Bad("broken UTF-8", head + b"\r\n\r\n\xff\xfe\r\n--here--\r\n", MULTIPART, refused)
    yield Bad("NUL", head + b"\r\n\r\na\x00b\r\n--here--\r\n", MULTIPART, refused)
    yield Bad("a part without a name", b"--here\r\nContent-Type: text/plain\r\n\r\na\r\n--here--", MULTIPART, refused)
    twice = b'--here\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * 2
    yield Bad("a field twice", twice + b"--here--\r\n", MULTIPART, refused)
    files = b'--here\r\nContent-Disposition: form-data; name="avatar"; filename="a"\r\n\r\n1\r\n' * 2
    yield Bad("two files", files + b"--here--\r\n", MULTIPART, refused)
    many = b"".join(b'--here\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(10_000))
    yield Bad("10,000 fields", many + b"--here--\r\n", MULTIPART, (400, 413))
    yield Bad(
        "too much in a field", head + b"\r\n\r\n" + b"a" * 100_000 + b"\r\n--here--\r\n", MULTIPART, (400, 413, 415)
    )
