"""Uploads of files to the contract."""

from __future__ import annotations

import json
from typing import Any

from tests.kit.backend import Backend
from tests.kit.contract import Answer

WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"".join(n.to_bytes(2, "big") for n in range(512))


PNG = ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image/png")


FORM = "multipart/form-data; boundary=b"


UPLOAD = "/storage/bucket/upload-formdata"


PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc\r\n'


async def uploads(
    backend: Backend,
    session: str,
    content: bytes = WEBP,
    kind: str = "image/webp",
    name: str = "user_1",
    **options: Any,
) -> Answer:
    query = {"bucket": "root", "fileName": name, "options": json.dumps({"createBucket": False, **options})}
    files = {"file": ("blob", content, kind)}
    return await backend.post(UPLOAD, params=query, files=files, session=session)
