"""Reading multipart/form-data of strangers: bounded where Starlette's parser is not, and to its very end."""

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
    """Refuse a body that stops before its last boundary; as it is, what was begun would be left out unsaid.

    Of the Content-Type only the boundary is read, by us: to take such headers apart takes python-multipart time with
    the square of their length, and the charset is ours to choose. Files are written into `folder`, where one is given:
    not into memory, as the temporary folder of many a system is. `parse` raises MultiPartException.
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
        self.stream = self._to_its_end(self.stream)
        return await super().parse()

    async def _to_its_end(self, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for chunk in stream:
            yield chunk
        if not self.has_ended:
            raise MultiPartException("The last boundary is missing.")
