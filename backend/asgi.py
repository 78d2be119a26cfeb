"""The backend on its own, for an ASGI server: `uvicorn --factory backend.asgi:create`."""

import os

from starlette.types import ASGIApp

from backend.app import create_app
from backend.settings import Settings
from serving.headers import Answers
from serving.logs import RequestLog
from serving.proxies import TrustedProxies
from serving.steps import Steps


def create() -> ASGIApp:
    settings = Settings.from_environment(os.environ)
    app = TrustedProxies(Steps(create_app(settings)), settings.trusted_proxies)
    return RequestLog(Answers(app, is_https=settings.is_https, takes_over=True))
