"""What a start loads: no library for what only some need, each of which costs time and memory."""

import re
from pathlib import Path

import httpx

from tests.kit.serving import serve_site

NEEDED_LATER = {
    *("aiohttp", "aiosmtplib", "alembic.op", "httpx", "PIL", "psycopg", "segno", "sqlalchemy.dialects.postgresql"),
    *("cryptography", "joserfc", "phonenumbers", "pyotp", "webauthn", "zxcvbn"),
}


def test_a_site_on_sqlite_loads_no_library_that_only_others_need(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environ = {"DATA_DIR": str(tmp_path), "PYTHONPROFILEIMPORTTIME": "1"}
    for _first_makes_the_tables in range(2):
        log.write_text("")
        with serve_site(environ, tmp_path, output=log) as url:
            assert httpx.get(f"{url}/login").status_code == 200
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", log.read_text(), re.MULTILINE))
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert loaded & NEEDED_LATER == set()
