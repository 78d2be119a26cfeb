"""Attacks and faults have programs of their own, which start servers and take long. Here it is seen that they begin."""

import pytest

from backend.mail.letters import LETTERS
from tests.attack.attacks import ATTACKS
from tests.faults.__main__ import SCENES
from tests.faults.letters import BROUGHT_BY, NOT_BROUGHT

NAMES = {
    "attacks": [attack.name for attack in ATTACKS],
    "faults": [fault.name for scene in SCENES for fault in scene.faults],
}


@pytest.mark.parametrize("kind", NAMES)
def test_each_can_be_told_from_the_others_by_its_name(kind: str) -> None:
    assert len(NAMES[kind]) > 40
    assert len(set(NAMES[kind])) == len(NAMES[kind])


def test_each_kind_of_letter_is_sent_while_the_mail_server_is_down() -> None:
    """A new one is added to BROUGHT_BY: what people do to get it."""
    assert BROUGHT_BY.keys() | NOT_BROUGHT.keys() == LETTERS.keys()
