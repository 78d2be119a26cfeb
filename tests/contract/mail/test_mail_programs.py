"""What mail programs keep of a letter, by the tables of caniemail.com: what they drop a letter can be read without."""

import json
import subprocess

import pytest

from backend.mail.letters import LETTERS
from tests.kit.letters import write_letter
from tests.kit.serving import ROOT

PROGRAMS = [
    *("apple-mail.*", "gmail.*", "outlook.*", "samsung-email.*", "thunderbird.*", "yahoo.*", "aol.*", "fastmail.*"),
    *("gmx.*", "web-de.*", "protonmail.*"),
]
JUDGE = """
import { caniemail } from "caniemail";
const [html, programs] = JSON.parse(process.argv[1]);
const { errors } = caniemail({ clients: programs, html }).issues;
console.log(JSON.stringify([...errors].flatMap(([program, found]) => found.map(({ title }) => [title, program]))));
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


def find_dropped(html: str) -> dict[str, set[str]]:
    """Return what is not supported at all, and by which programs."""
    command = ["node", "--input-type=module", "--eval", JUDGE, json.dumps([html, PROGRAMS])]
    judged = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    dropped: dict[str, set[str]] = {}
    for feature, program in json.loads(judged.stdout):
        dropped.setdefault(feature, set()).add(program)
    return dropped


@pytest.mark.parametrize("kind", [kind for kind, letter in LETTERS.items() if letter.has_button])
def test_mail_programs_drop_nothing_that_a_letter_needs(kind: str) -> None:
    assert set(find_dropped(write_letter(kind).html)) == set(DROPPED)


def test_what_a_program_would_drop_is_found() -> None:
    dropped = find_dropped('<div style="display:flex;position:absolute"><svg></svg></div>')
    assert "outlook.windows" in dropped["display:flex"]
    assert "gmail.android" in dropped["position"]
