"""A ZIP archive that is written entry by entry and handed on at once: it is never whole in memory."""

import zipfile
from datetime import datetime
from typing import cast

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no time before it


class ZipStream:
    """Writes an archive. Each method returns the bytes that it added to it."""

    def __init__(self, made_at: datetime) -> None:
        self._added = _Added()
        self._archive = zipfile.ZipFile(cast("zipfile._ZipWritable", self._added), "w")
        self._time = max(EARLIEST, made_at.timetuple()[:6])

    def begin(self, name: str, *, compress: bool) -> bytes:
        """Begin an entry. What is compressed already, such as a photo, is stored as it is."""
        entry = zipfile.ZipInfo(name, self._time)
        entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        self._entry = self._archive.open(entry, "w", force_zip64=True)  # nobody knows yet how long it becomes
        return self._added.take()

    def write(self, content: bytes) -> bytes:
        """Add to the entry that was begun last."""
        self._entry.write(content)
        return self._added.take()

    def end(self) -> bytes:
        """End the entry."""
        self._entry.close()
        return self._added.take()

    def finish(self) -> bytes:
        """End the archive with its directory."""
        self._archive.close()
        return self._added.take()


class _Added:
    """A file that can only be written, and forgets what was taken from it."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, content: bytes) -> int:
        self._bytes += content
        return len(content)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken
