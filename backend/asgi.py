"""The backend on its own, for an ASGI server: `uvicorn --factory backend.asgi:create`."""

import os

from starlette.types import ASGIApp

from backend.app import create_app
from backend.settings import Settings
from serving.logs import RequestId, RequestLog
from serving.steps import Steps


def create() -> ASGIApp:
    return RequestLog(RequestId(Steps(create_app(Settings.from_environment(os.environ)))))
