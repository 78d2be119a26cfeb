"""Attacks and faults have programs of their own, which start servers and take long. Here it is seen that they begin."""

import pytest

from tests.attack.__main__ import ATTACKS
from tests.faults.__main__ import SCENES

NAMES = {
    "attacks": [attack.name for attack in ATTACKS],
    "faults": [fault.name for scene in SCENES for fault in scene.faults],
}


@pytest.mark.parametrize("kind", NAMES)
def test_each_can_be_told_from_the_others_by_its_name(kind: str) -> None:
    assert len(NAMES[kind]) > 40
    assert len(set(NAMES[kind])) == len(NAMES[kind])
