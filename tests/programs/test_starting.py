"""What a start loads: no library for what only some need, each of which costs time and memory."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.kit.serving import ROOT, serve_site

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


def test_a_start_with_the_settings_as_they_come_is_not_kept_waiting_by_the_library_of_addresses(tmp_path: Path) -> None:
    code = "import sys, web.asgi; web.asgi.check({'DATA_DIR': sys.argv[1]}); sys.exit('email_validator' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT).returncode == 0
