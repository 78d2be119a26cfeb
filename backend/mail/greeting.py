"""The name in a mail's greeting. Whoever makes an account types it, and the mail may go to somebody else."""

import regex

from translations.characters import is_longer

LONGEST = 40  # characters
# Letters with their accents, and what stands between and around them in names, a full stop only at the end of a word.
# No digit, no sign of an address, nothing invisible but what joins Arabic and Indic letters, nothing that strikes out.
NAME = regex.compile(
    r"""
    (?: [("'‘’“”\-–]? (?: \p{L} [\p{M}--[\u0334-\u0338\p{Me}\p{Default_Ignorable_Code_Point}]]{0,4}
                        (?: (?<=[\p{Arabic}\p{M}]) [\u200C\u200D] (?=\p{L}) )?
                        | (?<=\p{L}\p{M}*) ['’‘\-‐–·・] (?=\p{L}) )+
        [.]? ["'’”)]? ,? (?:[ \u00A0\u3000] | $)
    )+
    """,
    regex.VERBOSE | regex.VERSION1,
)


def safe_greeting_name(name: str) -> str:
    """Return the name, or "" if it may be more than a name: a number, a link, a message to somebody else."""
    return name if not is_longer(name, LONGEST) and NAME.fullmatch(name) else ""
