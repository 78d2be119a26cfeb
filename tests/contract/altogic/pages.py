"""The page of docs/ and Altogic's client, served on a port of their own as any front end would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.contract.altogic.official import PACKAGE, check_fetched
from tests.kit.contract import KEY
from tests.kit.mailbox import free_port
from tests.kit.serving import ROOT

PAGE = ROOT / "docs" / "altogic-client.html"
BACKEND_IN_PAGE = "http://127.0.0.1:8001"


class Quiet(BaseHTTPRequestHandler):
    files: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        kind, content = self.files.get(self.path.split("?")[0], ("text/plain", b""))
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's)
        pass


class Frontend:
    """Where the page is. Which backend it talks to can be said later."""

    def __init__(self, port: int) -> None:
        check_fetched()
        self.origin = f"http://127.0.0.1:{port}"
        script = (PACKAGE / "dist" / "umd" / "altogic.js").read_bytes()
        self.files = {"/altogic.js": ("text/javascript", script)}

    def talks_to(self, backend: str) -> str:
        """The page's address."""
        page = PAGE.read_text("utf-8")
        assert page.count(BACKEND_IN_PAGE) == page.count(KEY) == 1
        page = page.replace(BACKEND_IN_PAGE, backend)
        self.files["/"] = ("text/html; charset=utf-8", page.encode())
        return f"{self.origin}/"


@contextmanager
def frontend() -> Iterator[Frontend]:
    port = free_port()
    served = Frontend(port)
    handler = type("Handler", (Quiet,), {"files": served.files})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
