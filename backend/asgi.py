"""The backend on its own, for an ASGI server: `uvicorn --factory backend.asgi:create`."""

import os

from starlette.types import ASGIApp

from backend.app import create_app
from backend.settings import Settings
from serving.constant_time import ConstantTime
from serving.headers import ResponseHeaders
from serving.logs import RequestLog
from serving.memory import FreezeAfterStartup
from serving.proxies import TrustedProxies


def create() -> ASGIApp:
    settings = Settings.from_environment(os.environ)
    app = TrustedProxies(ConstantTime(create_app(settings)), settings.deployment.trusted_proxies)
    return FreezeAfterStartup(
        RequestLog(ResponseHeaders(app, is_https=settings.public.is_https, trust_request_id=True))
    )
