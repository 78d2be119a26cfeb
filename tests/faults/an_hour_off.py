"""`python -m tests.faults.an_hour_off`: the program that PROGRAM names, `web` or `backend`, with a clock HOURS_OFF.

Put together as web/asgi.py and backend/asgi.py do it; the clock is the argument that both take.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from starlette.types import ASGIApp

from backend.app import create_app
from backend.kernel.clock import utc_now
from backend.settings import Settings as BackendSettings
from serving.constant_time import ConstantTime
from serving.headers import ResponseHeaders
from serving.logs import RequestLog
from serving.proxies import TrustedProxies
from serving.server import serve
from web.asgi import create, environment
from web.settings import Settings

HERE = "tests.faults.an_hour_off"


def off() -> datetime:
    return utc_now() + timedelta(hours=int(os.environ["HOURS_OFF"]))


def web() -> ASGIApp:
    return RequestLog(ConstantTime(create(environment(), off)))


def backend() -> ASGIApp:
    settings = BackendSettings.from_environment(os.environ)
    app = TrustedProxies(ConstantTime(create_app(settings, off)), settings.deployment.trusted_proxies)
    return RequestLog(ResponseHeaders(app, is_https=False, trust_request_id=True))


def main() -> None:
    if os.environ["PROGRAM"] == "web":
        site = Settings.from_environment(os.environ)
        serve(f"{HERE}:web", host=site.server.host, port=site.server.port, workers=1)
    else:
        its = BackendSettings.from_environment(os.environ)
        protocol = "backend.http.protocol:EnvelopeProtocol"
        serve(f"{HERE}:backend", host=its.server.host, port=its.server.port, workers=1, protocol=protocol)


if __name__ == "__main__":
    main()
