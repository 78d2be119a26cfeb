"""Codes of six digits as people type them: those of an authenticator app, and of an SMS. No I/O."""

import unicodedata

COUNT = 6
LONGEST = 100  # characters typed, with blanks between them


def read_six_digits(typed: str) -> str:
    """Return the digits of a code, typed with blanks or dashes and in any script's digits, such as full-width ones.
    Empty for anything else."""
    kept = [each for each in typed[:LONGEST] if not each.isspace() and unicodedata.category(each) not in ("Pd", "Cf")]
    digits = [unicodedata.decimal(each, None) for each in kept]
    return "".join(map(str, digits)) if len(digits) == COUNT and None not in digits else ""
