"""Connections to the backend alone: what is no request at all is refused in the envelope too.

The official client waits for ever for the end of anything that is not JSON.
"""

from typing import ClassVar

from backend.http.shapes import refused_by_status
from serving.protocol import BoundedProtocol


class EnvelopeProtocol(BoundedProtocol):
    refusal_type: ClassVar = "application/json"

    def refusal_body(self, status: int) -> bytes:
        return bytes(refused_by_status(status).body)
