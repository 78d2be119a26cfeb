"""The backend on its own, for an ASGI server: `uvicorn --factory backend.asgi:create`."""

import os

from starlette.types import ASGIApp

from backend.app import create_app
from backend.settings import Settings
from serving.headers import Answers
from serving.logs import RequestLog
from serving.steps import Steps


def create() -> ASGIApp:
    settings = Settings.from_environment(os.environ)
    is_https = settings.public_url.startswith("https://")
    return RequestLog(Answers(Steps(create_app(settings)), is_https=is_https, takes_over=True))
