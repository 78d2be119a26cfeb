"""Recovery codes: sixteen letters each, kept on paper for the day when the other factor is not at hand.

Those of a set are derived from its seed until their owner has kept them. Then only hashes are stored: of each code its
first letter, which differs within a set, says with which hash it is compared, and the other fifteen have 64 bits.
"""

import hmac

from backend.kernel.codes import LETTERS, keep_letters, spell
from backend.kernel.refusals import invalid

CODES = 10  # of a set
FEW = 3  # left: a new set is due
LENGTH = 16
GROUP = 4  # letters


def derive_recovery_codes(seed: str) -> list[str]:
    """Derive the codes of a set from its seed: sixteen of LETTERS each, no two with the same first one."""
    in_disorder = sorted(LETTERS, key=lambda letter: _derive(seed, f"selector:{letter}"))
    return [selector + _derive_letters(seed, selector) for selector in in_disorder[:CODES]]


def format_recovery_code(code: str) -> str:
    """Return a code as people read it, such as BCDF-GHJK-LMNP-QRST."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_recovery_code(value: object, param: str) -> str:
    """Return the code that somebody typed, in whichever case and with whatever between its letters.

    Raises `validation_error` if these are not sixteen letters; nothing is compared then.
    """
    letters = keep_letters(value)
    if len(letters) != LENGTH:
        raise invalid(param, "A recovery code has sixteen letters.")
    return letters


def _derive_letters(seed: str, selector: str) -> str:
    number = int.from_bytes(_derive(seed, f"code:{selector}"), "big")  # 256 bits: each letter is as likely as another
    return spell(number, LENGTH - 1)


def _derive(seed: str, name: str) -> bytes:
    return hmac.digest(seed.encode(), name.encode(), "sha256")
