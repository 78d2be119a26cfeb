"""Make a database with people in it: what to write is read as JSON, the cookies of all are printed as JSON."""

import json
import sys
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        keys = fill(**json.load(sys.stdin))
    json.dump([f"sessionid={key}" for key in keys], sys.stdout)


def fill(emails: list[str], names: list[str], password: str, agents: list[str]) -> list[str]:
    """Write a user for each address, with a session for each agent, and return the key of each first session."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    hashed = make_password(password)
    users = User.objects.bulk_create(
        User(username=email.partition("@")[0], email=email, first_name=name, password=hashed)
        for email, name in zip(emails, names, strict=True)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return [write_sessions(user, agents)[0] for user in users]


def write_sessions(user, agents: list[str]) -> list[str]:
    from allauth.usersessions.models import UserSession
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    keys = []
    for agent in agents:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        began = timezone.now() - timedelta(hours=1)
        UserSession.objects.create(
            user=user, session_key=session.session_key, ip="127.0.0.1", user_agent=agent, created_at=began
        )
        keys.append(session.session_key)
    return keys


if __name__ == "__main__":
    main()
