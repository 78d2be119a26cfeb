"""A parser of multipart/form-data with bounds that Starlette's has not, which reads a body to its end."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from tempfile import TemporaryFile

from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser

DISPOSITION_LIMIT = 1024  # bytes; a name of 255 characters has room in it
BOUNDARY = re.compile(
    r""";\s*boundary=(?:"([\w'()+,\-./:=? ]{1,70})"|([\w'()+,\-./:=?]{1,70})(?=\s*(?:;|$)))""", re.ASCII | re.IGNORECASE
)


class WholeParser(MultiPartParser):
    """Refuses a body that stops before its last boundary; Starlette's parser would silently drop the unfinished part.

    Of the Content-Type only the boundary is read, and not by python-multipart, which needs time that grows with the
    square of the header's length. Files are written into `folder` where one is given, because the temporary folder of
    many systems is in memory. `parse` raises MultiPartException.
    """

    spool_max_size = 64 * 1024  # bytes of a file that stay in memory, of each of very many uploads

    def __init__(
        self,
        content_type: str,
        stream: AsyncGenerator[bytes, None],
        *,
        max_files: int,
        max_fields: int,
        max_part_size: int = 1024 * 1024,
        folder: Path | None = None,
    ) -> None:
        limits = {"max_files": max_files, "max_fields": max_fields, "max_part_size": max_part_size}
        super().__init__(Headers(), stream, **limits)
        self.content_type = content_type
        self.folder = folder
        self.has_ended = False

    def on_headers_finished(self) -> None:
        if len(self._current_part.content_disposition or b"") > DISPOSITION_LIMIT:
            raise MultiPartException("The Content-Disposition of a part is too long.")
        super().on_headers_finished()
        upload = self._current_part.file
        if upload and self.folder:
            upload.file.close()
            upload.file = TemporaryFile(dir=self.folder)  # noqa: SIM115  # closed with the form
            self._files_to_close_on_error.append(upload.file)  # type: ignore[arg-type]

    def on_end(self) -> None:
        self.has_ended = True

    async def parse(self) -> FormData:
        match = BOUNDARY.search(self.content_type)
        if match is None:
            raise MultiPartException("Missing boundary in multipart.")
        self.headers = Headers({"Content-Type": f'multipart/form-data; boundary="{match[1] or match[2]}"'})
        self.stream = self._read_to_end(self.stream)
        return await super().parse()

    async def _read_to_end(self, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for chunk in stream:
            yield chunk
        if not self.has_ended:
            raise MultiPartException("The last boundary is missing.")
