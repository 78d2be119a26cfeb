"""The backend on its own, for an ASGI server: `uvicorn --factory backend.asgi:create`."""

import os

from starlette.applications import Starlette

from backend.app import create_app
from backend.settings import Settings


def create() -> Starlette:
    return create_app(Settings.from_environment(os.environ))
