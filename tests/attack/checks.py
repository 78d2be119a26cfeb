"""What must be true of every answer, whatever was asked."""

from __future__ import annotations

import json

from tests.attack.requests import Answer, Request

NEVER = ("Traceback (most recent call last)", "sqlalchemy.", "psycopg.", "jinja2.exceptions", "alert(1)</script>")
CLOSED_WITHOUT_A_WORD = "the connection ended without an answer"


def site(request: Request, answer: Answer | None) -> None:
    """A page, a fragment or a message with our headers; never the server's own fault."""
    assert answer is not None, CLOSED_WITHOUT_A_WORD
    assert answer.status < 500, f"{answer.status}: {answer.text[:300]}"
    assert not any(words in answer.text for words in NEVER), answer.text[:300]
    assert answer.headers.get("x-content-type-options") == "nosniff", answer.headers
    is_page = answer.headers.get("content-type", "").startswith("text/html") and answer.body
    if is_page and not request.path.startswith(("/_auth", "/outbox")):
        assert "script-src 'self'" in answer.headers.get("content-security-policy", ""), answer.headers
        assert answer.headers.get("cache-control") == "no-store", answer.headers
        assert any(part in answer.text for part in ("<h1", "<section", "<li", "<p", "<div")), answer.text[:300]


def backend(request: Request, answer: Answer | None) -> None:
    """The contract's envelope for whatever is refused: Altogic's client hangs on an empty or HTML error body."""
    assert answer is not None, CLOSED_WITHOUT_A_WORD
    assert answer.status < 500, f"{answer.status}: {answer.text[:300]}"
    assert not any(words in answer.text for words in NEVER), answer.text[:300]
    is_api = request.path.startswith("/_api/") and answer.headers.get("content-type") == "application/json"
    if answer.status >= 400 and is_api and request.method not in ("HEAD", "OPTIONS"):
        (first, *_) = json.loads(answer.body)["errors"]
        assert set(first) >= {"origin", "code", "message"}, first
