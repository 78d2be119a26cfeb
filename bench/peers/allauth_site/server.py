"""Gunicorn's settings: its plain worker, once. With threads it is no faster here, and larger."""

import os

wsgi_app = "django.core.wsgi:get_wsgi_application()"
bind = f"{os.environ['HOST']}:{os.environ['PORT']}"
workers = 1
