"""What mail programs keep of a letter, by the tables of caniemail.com: what they drop a letter can be read without."""

import json
import subprocess
from collections.abc import Iterable, Iterator

from backend.mail.letters import LETTERS
from tests.kit.letters import write_letter
from tests.kit.serving import ROOT

PROGRAMS = [
    *("apple-mail.*", "gmail.*", "outlook.*", "samsung-email.*", "thunderbird.*", "yahoo.*", "aol.*", "fastmail.*"),
    *("gmx.*", "web-de.*", "protonmail.*"),
]
JUDGE = """
import { caniemail } from "caniemail";
import { readFileSync } from "node:fs";
const [letters, programs] = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(letters.map((html) => {
    const { errors } = caniemail({ clients: programs, html }).issues;
    return [...errors].flatMap(([program, found]) => found.map(({ title }) => [title, program]));
})));
"""
# What some program does not know, and what people see there instead.
DROPPED = {
    "@media": "the light scheme, and on a phone the margins of the desktop",
    "<style> element": "the same",
    "<body> element": "nothing else: the ground is that of the table within",
    "border-radius": "corners are square",
    "height property": "nothing else: a letter has line-height alone, which is taken for it",
    "display:none": "the hidden line, one pixel high and in the colour of the ground",
    "word-break": "the address to copy goes on, or breaks before its last part",
    "<wbr> element": "the same the other way round",
    "text-decoration": "the words on the button are underlined",
    "role attribute": "the letter is not called an article, tables may be called tables",
    "aria-label attribute": "the article has no name",
}


def find_dropped(letters: Iterable[str]) -> Iterator[dict[str, set[str]]]:
    """Yield of each letter what is not supported at all, and by which programs."""
    command = ["node", "--input-type=module", "--eval", JUDGE]
    asked = json.dumps([[*letters], PROGRAMS])
    judged = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, check=True)
    for found in json.loads(judged.stdout):
        dropped: dict[str, set[str]] = {}
        for feature, program in found:
            dropped.setdefault(feature, set()).add(program)
        yield dropped


def test_mail_programs_drop_nothing_that_a_letter_needs() -> None:
    kinds = [kind for kind, letter in LETTERS.items() if letter.has_button]
    dropped = find_dropped(write_letter(kind).html for kind in kinds)
    for kind, found in zip(kinds, dropped, strict=True):
        assert set(found) == set(DROPPED), kind


def test_what_a_program_would_drop_is_found() -> None:
    [dropped] = find_dropped(['<div style="display:flex;position:absolute"><svg></svg></div>'])
    assert "outlook.windows" in dropped["display:flex"]
    assert "gmail.android" in dropped["position"]
