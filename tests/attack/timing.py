"""Who has an account: not to be read from status, body, headers or time of any form with an address or a number."""

from __future__ import annotations

import asyncio
import difflib
import itertools
import math
import random
import re
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx

from tests.attack.world import World
from tests.kit.people import ADA
from tests.kit.phone_pages import PHONE, give_phone
from web.i18n.phone_numbers import format_phone

AT_ONCE = 12  # pairs; the pauses between steps would make it long
TLS = ssl.create_default_context()  # made anew for each client it would take longer than an answer
JUDGED = 100  # attempts; with fewer only what is answered is compared
CHANCE = 4.0  # standard deviations: by chance a comparison is further out once in 16,000 times
DIFFERENT_ANYHOW = ("date", "x-request-id", "set-cookie", "content-length")  # the length as the address has one


Seen = tuple[int, str, tuple[str, ...]]  # status, text, headers


@dataclass(frozen=True)
class Form:
    name: str
    path: str
    more: tuple[tuple[str, str], ...] = ()
    field: str = "email"

    @property
    def known(self) -> str:
        """The address, or the number, of Ada's account."""
        return PHONE if self.field == "phone" else ADA.email

    def make_unknown(self, number: int) -> str:
        """Make one that nobody has."""
        return f"+4915119{number:06}" if self.field == "phone" else f"nobody{number}@example.com"


FORMS = (
    Form("log-in", "/login", (("password", "words that are wrong"),)),
    Form("registration", "/register", (("password", "words that are typed"), ("name", "Somebody"))),
    Form("login link", "/login-with-magic-link"),
    Form("forgotten password", "/forgot-password"),
    Form("the mail again", "/register/again"),
    Form("code by SMS", "/login-with-code", field="phone"),
    Form("code by SMS, typed", "/login-with-code", (("code", "123456"),), field="phone"),
)


async def known_and_unknown_addresses(world: World, form: Form, attempts: int) -> int:
    """The same form with the address of an account and with one that nobody has, in turns."""
    async with world.visitor(ADA):
        if form.field == "phone":
            give_phone(world.find_data(), ADA)
        known, unknown = Sample(world, form), Sample(world, form)
        for first in range(0, attempts, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, attempts))
            await asyncio.gather(*(ask_in_turn(known, unknown, number) for number in numbers))
        assert known.answers == unknown.answers, differences(known.answers, unknown.answers)
        distance = rank_sum(known.seconds, unknown.seconds)
        assert attempts < JUDGED or abs(distance) < CHANCE, (
            f"{form.name}: {distance:+.1f} standard deviations apart, "
            f"{median(known.seconds) * 1000:.2f} and {median(unknown.seconds) * 1000:.2f} ms"
        )
        return 2 * attempts


async def ask_in_turn(known: Sample, unknown: Sample, number: int) -> None:
    pair = [(known, known.form.known), (unknown, unknown.form.make_unknown(number))]
    random.Random(number).shuffle(pair)  # in no order that could favour one of the two
    for sample, typed in pair:
        await sample.takes(typed)


class Sample:
    def __init__(self, world: World, form: Form) -> None:
        self.world, self.form = world, form
        self.seconds: list[float] = []
        self.answers: set[Seen] = set()

    async def takes(self, whose: str) -> None:
        typed = {self.form.field: whose, **dict(self.form.more)}
        async with httpx.AsyncClient(base_url=self.world.site.url, timeout=60, verify=TLS) as http:
            await http.get("/healthz")  # so that the connection stands
            began = time.perf_counter()
            answer = await http.post(self.form.path, data=typed)
            self.seconds.append(time.perf_counter() - began)
            self.answers.add(observe(answer, whose))
            if answer.status_code == 303:
                self.answers.add(observe(await http.get(answer.headers["location"]), whose))


def differences(known: Iterable[Seen], unknown: Iterable[Seen]) -> str:
    first, second = (
        sorted(f"{status}\n{headers}\n{text}" for status, text, headers in some) for some in (known, unknown)
    )
    compared = difflib.unified_diff("\n".join(first).split("\n"), "\n".join(second).split("\n"), n=0, lineterm="")
    return "\n".join(itertools.islice(compared, 12))


def observe(answer: httpx.Response, whose: str) -> Seen:
    """What can be told apart: without the address or number itself, the time of day, and ids."""
    text = answer.text.replace(whose, "…").replace(format_phone(whose), "…")
    text = re.sub(r"\d\d:\d\d|[0-9a-f]{16,}|datetime=\"[^\"]*\"", "…", text)
    headers = (f"{name}: {value}" for name, value in answer.headers.items() if name not in DIFFERENT_ANYHOW)
    names = (cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie"))
    cookies = (name.removesuffix(f"-{answer.url.port}") for name in names)  # where another copy's has the plain name
    return answer.status_code, text, tuple(sorted([*headers, *cookies]))


def rank_sum(first: Sequence[float], second: Sequence[float]) -> float:
    """The Wilcoxon rank-sum (Mann-Whitney) statistic in standard deviations from what equal samples would give."""
    ordered = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, sample) in enumerate(ordered, 1) if sample == 0)
    n, m = len(first), len(second)
    return (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)


def median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
