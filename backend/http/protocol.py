"""Connections to a backend on its own: what is no valid HTTP request is refused in the envelope too.

The official client waits for ever for the end of an answer that is not JSON.
"""

from typing import ClassVar

from backend.http.envelope import answer_status
from serving.protocol import BoundedProtocol


class EnvelopeProtocol(BoundedProtocol):
    refusal_type: ClassVar = "application/json"

    def refusal_body(self, status: int) -> bytes:
        return bytes(answer_status(status).body)
