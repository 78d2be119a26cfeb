"""Who has a number is not told by what the database is asked: the same statements for all."""

import pytest

from backend.kernel.phone_codes import Purpose
from backend.rules.context import ClientInfo
from backend.rules.phone_requests import CodeRequest, request_code
from tests.kit.backend import Backend
from tests.kit.phones import ADA, GRACE, joins, signs_up
from tests.kit.statements import kinds, noting

pytestmark = pytest.mark.both_databases

SOMEBODY = ClientInfo("", "127.0.0.1", "en", device="a browser")


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.CONFIRM, Purpose.RESET])
async def test_a_code_asked_for_asks_the_same_of_all(backend: Backend, purpose: Purpose) -> None:
    await joins(backend, ADA)
    await signs_up(backend, GRACE)
    backend.clock.advance(minutes=1)
    asked = {}
    for phone in (ADA, GRACE, "+4915112340000"):
        services, asked[phone] = noting(backend.services)
        await request_code(services, CodeRequest(purpose, phone, SOMEBODY))
    first, *others = map(kinds, asked.values())
    assert all(other == first for other in others), asked
