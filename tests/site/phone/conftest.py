"""A site where people can have phone numbers. Its SMS stand at the outbox."""

import pytest


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    environ["PHONE_SIGN_UP"] = "on"
    return environ
