"""A code belongs to the browser that asked for its mail, and there the newest one counts."""

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_codes import PHONE, asks_for_a_code, read_newest_code, types_code

pytestmark = pytest.mark.both_databases


async def test_a_code_is_worthless_in_any_other_browser(backend: Backend) -> None:
    """However it was come by: read aloud on the telephone, or over a shoulder."""
    await backend.joins()
    ours = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    theirs = await asks_for_a_code(backend, device=PHONE)  # within the same ten seconds, which mails nothing more
    backend.clock.advance(seconds=11)
    theirs_later = await asks_for_a_code(backend, device=PHONE)
    for reference in (theirs, theirs_later, await asks_for_a_code(backend, email="grace@example.com", device=PHONE)):
        assert (await types_code(backend, reference, code)).code == "wrong_code"
    assert (await types_code(backend, ours, code)).status == 200


async def test_a_reference_that_is_not_ours_is_refused_like_a_wrong_code(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    text, _dot, signature = reference.rpartition(".")
    later = f"{text.rpartition('.')[0]}.9999999999.{signature}"
    for forged in (later, text, f"{text}.", f".{signature}", "a.b.c.d", "é" * 20, "a" * 500):
        assert (await types_code(backend, forged, code)).code == "wrong_code", forged
    assert (await types_code(backend, "", code)).params == ["reference"]


async def test_a_new_code_ends_the_one_before_it_in_that_browser(backend: Backend) -> None:
    await backend.joins()
    await asks_for_a_code(backend)
    first, link = await read_newest_code(backend), await backend.newest_link()
    backend.clock.advance(seconds=11)
    reference = await asks_for_a_code(backend)
    assert (await types_code(backend, reference, first)).code == "wrong_code"
    assert (await backend.opens(link)).query["status"] == "200", "its link works for its own time"
    assert (await types_code(backend, reference, await read_newest_code(backend))).status == 200


async def test_a_double_click_has_one_mail_and_one_code(backend: Backend) -> None:
    await backend.joins()
    references = [await asks_for_a_code(backend) for _click in range(2)]
    assert len({reference.split(".")[1] for reference in references}) == 1
    assert (await types_code(backend, references[1], await read_newest_code(backend))).status == 200


async def test_codes_of_two_kinds_do_not_end_each_other(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    await asks_for_a_code(backend, "send-reset")
    assert (await types_code(backend, reference, code)).status == 200
