"""All attacks: what each is called, who does it, how often, and where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

from tests.attack import (
    acting_for_others,
    checks,
    codes,
    costly_photos,
    exhaustion,
    fuzzing,
    getting_in,
    guessing,
    heads,
    leaving,
    lost_factors,
    mailed_links,
    notices,
    others_things,
    passkeys,
    passwords,
    phones,
    photos,
    planted_factors,
    providers,
    recovery_codes,
    second_steps,
    smuggling,
    strangers_words,
    timing,
    unsafe_settings,
)
from tests.attack.fuzzing import BACKEND_PATHS, SITE_PATHS, Target
from tests.attack.places import BOTH, EMBEDDED, SPLIT, Place
from tests.attack.programs import sign_up_at_backend, sign_up_at_site
from tests.attack.world import World
from tests.kit.contract import headers_of

UNLIMITED = "1000000"

Act = Callable[[World, int], Coroutine[Any, Any, int]]


@dataclass(frozen=True)
class Attack:
    """`acts` takes the world and how often, and says how often it was."""

    name: str
    acts: Act
    times: int = 1
    times_in_short: int = 1
    places: tuple[Place, ...] = BOTH
    limit_factor: str = UNLIMITED
    confirmation: str = "on"
    has_provider: bool = False


def once(acts: Callable[[World], Coroutine[Any, Any, int]]) -> Act:
    return lambda attacked, _times: acts(attacked)


def at_the_site(acts: Callable[..., Coroutine[Any, Any, int]]) -> Act:
    """Compared with how quickly its pages come while nobody attacks."""

    async def act(attacked: World, times: int) -> int:
        attacked.site.quiet_p99 = await exhaustion.p99(attacked.site)
        return await acts(attacked.site, times)

    return act


async def uploads(attacked: World, times: int) -> int:
    _, cookie = sign_up_at_site(attacked.site)
    return await at_the_site(partial(exhaustion.uploads_of_100_mb, cookie=cookie))(attacked, times)


async def calls_under_way(attacked: World, times: int) -> int:
    _, cookie = sign_up_at_site(attacked.site)
    return await exhaustion.calls_under_way(attacked, times, cookie.decode())


async def bombs(attacked: World, _times: int) -> int:
    attacked.site.quiet_p99 = await exhaustion.p99(attacked.site)
    return await photos.ten_bombs_at_once(attacked)


async def broken_input_at_the_site(attacked: World, times: int) -> int:
    credentials = [sign_up_at_site(attacked.site)]
    target = Target("site", attacked.site.port, SITE_PATHS, credentials, checks.site)
    return await asyncio.to_thread(fuzzing.fuzz, target, times, start=1)


async def broken_input_at_the_backend(attacked: World, times: int) -> int:
    assert attacked.backend
    headers = headers_of(await sign_up_at_backend(attacked.backend))
    credentials = [(name.encode(), value.encode()) for name, value in headers.items()]
    target = Target("backend", attacked.backend.port, BACKEND_PATHS, credentials, checks.backend)
    return await asyncio.to_thread(fuzzing.fuzz, target, times, start=2)


def known_addresses(form: timing.Form, place: Place) -> Attack:
    acts = partial(timing.known_and_unknown_addresses, form=form)
    name = f"known addresses: {form.name}"
    return Attack(name, lambda attacked, times: acts(attacked, attempts=times), 400, 20, (place,))


def attack_factors(
    name: str, acts: Callable[[World], Coroutine[Any, Any, int]], *, limit_factor: str = UNLIMITED
) -> Attack:
    """On people with second factors, whose addresses need no confirmation to be there."""
    return Attack(name, once(acts), places=(SPLIT,), limit_factor=limit_factor, confirmation="off")


ATTACKS = (
    Attack("more attempts in disguise", once(guessing.more_attempts_in_disguise), limit_factor="1"),
    Attack("more attempts in another alphabet", once(guessing.more_attempts_in_another_alphabet), limit_factor="1"),
    Attack("an owner locked out", once(guessing.an_owner_locked_out), limit_factor="1"),
    Attack("one password on many accounts", once(guessing.one_password_on_many_accounts), limit_factor="1"),
    Attack("a flooded mailbox", once(guessing.a_flooded_mailbox), limit_factor="1"),
    Attack("a mailbox flooded in every way", once(guessing.a_mailbox_flooded_in_every_way), limit_factor="1"),
    Attack("known devices as free guesses", once(guessing.devices_as_free_guesses), limit_factor="1"),
    Attack("guesses with a stolen session", once(guessing.guesses_with_a_stolen_session), limit_factor="1"),
    Attack("right passwords without end", once(guessing.right_passwords_without_end), limit_factor="1"),
    Attack("codes guessed from everywhere", once(codes.guesses_from_everywhere), limit_factor="1"),
    Attack("codes read out on the telephone", once(codes.codes_read_out_on_the_telephone)),
    Attack("waiting for somebody else's button", once(codes.waiting_for_somebody_elses_button)),
    attack_factors(
        "second factors guessed by somebody with the password",
        second_steps.guesses_of_a_second_factor,
        limit_factor="1",
    ),
    attack_factors("one code of an app for many log-ins", second_steps.one_code_for_many_log_ins),
    attack_factors("ways around the second step", second_steps.around_the_second_step),
    Attack("every way in to the second step", once(second_steps.by_every_way_in), places=(SPLIT,)),
    Attack("factors planted by a session of a moment", once(planted_factors.by_a_session_of_a_moment), places=(SPLIT,)),
    Attack("factors planted beside passkeys", once(planted_factors.beside_passkeys), places=(SPLIT,)),
    attack_factors("factors dropped by a new address", planted_factors.by_a_new_address),
    attack_factors(
        "a mailbox flooded by switching two-step verification",
        planted_factors.a_mailbox_flooded_by_switching,
        limit_factor="1",
    ),
    Attack("codes by SMS guessed", once(phones.guesses_of_codes), places=(SPLIT,), limit_factor="1"),
    Attack("toll fraud", once(phones.toll_fraud), places=(SPLIT,), limit_factor="1"),
    Attack("a new address from another session", once(codes.a_new_address_from_another_session)),
    attack_factors("recovery codes guessed", recovery_codes.guesses_of_recovery_codes, limit_factor="1"),
    attack_factors("one recovery code for many log-ins", recovery_codes.one_recovery_code_for_many_log_ins),
    attack_factors("recovery codes by a stolen session", recovery_codes.recovery_codes_by_a_stolen_session),
    Attack(
        "lost factors, with the password alone",
        once(lost_factors.with_the_password_alone),
        places=(SPLIT,),
        limit_factor="20",
    ),
    Attack("lost factors, with the mailbox alone", once(lost_factors.with_the_mailbox_alone), places=(SPLIT,)),
    Attack("forged cookies", once(getting_in.forged_cookies)),
    Attack("cookies of another purpose", once(getting_in.cookies_of_another_purpose)),
    Attack("cookies of an old key", once(getting_in.cookies_of_an_old_key)),
    Attack("cookies after log-out", once(getting_in.cookies_after_log_out)),
    Attack("a stolen session confirmed by its owner", once(getting_in.a_stolen_session_confirmed_by_its_owner)),
    Attack("fixed sessions", once(getting_in.fixed_sessions)),
    Attack("a link used fifty times at once", once(getting_in.a_link_used_fifty_times_at_once)),
    Attack("hijacked registrations", once(mailed_links.hijacked_registrations)),
    Attack("a stolen address", once(mailed_links.a_stolen_address)),
    Attack("planted links", once(mailed_links.planted_links)),
    Attack("notes at a shared computer", once(mailed_links.notes_at_a_shared_computer)),
    Attack("damaged links", once(mailed_links.damaged_links)),
    attack_factors("passkeys' answers sent again", passkeys.answers_sent_again),
    attack_factors("challenges of others", passkeys.challenges_of_others),
    Attack("made-up credentials", passkeys.made_up_credentials, 4_000, 400, (SPLIT,), confirmation="off"),
    Attack(
        "answers of other log-ins at a provider",
        once(providers.answers_of_other_log_ins),
        places=(SPLIT,),
        has_provider=True,
    ),
    Attack(
        "accounts taken over by an address",
        once(providers.accounts_taken_over_by_an_address),
        places=(SPLIT,),
        has_provider=True,
    ),
    Attack("this wasn't me in spite of a thief", once(notices.disown_in_spite_of_a_thief)),
    Attack("this wasn't me abused", once(notices.abused)),
    Attack("a history pushed out", once(notices.pushed_out), limit_factor="2"),
    Attack("a link that others open first", once(getting_in.a_link_that_others_open_first)),
    Attack("tokens of the wrong kind", once(getting_in.tokens_of_the_wrong_kind), places=(SPLIT,)),
    Attack("links of every kind everywhere", once(getting_in.links_of_every_kind_everywhere), places=(SPLIT,)),
    *(
        known_addresses(form, place)
        for form, place in zip(timing.FORMS, cycle((EMBEDDED, SPLIT)), strict=False)  # in either, in turns
    ),
    Attack("posts from elsewhere", once(acting_for_others.posts_from_elsewhere)),
    Attack("messages of two lengths", once(smuggling.messages_of_two_lengths)),
    Attack("methods and files that tell", once(smuggling.methods_and_files_that_tell)),
    Attack("framing", once(acting_for_others.framing)),
    Attack("pages of another account", once(acting_for_others.pages_of_another_account), has_provider=True),
    Attack("ways back to another site", once(acting_for_others.ways_back_to_another_site)),
    Attack("ways to another site", once(acting_for_others.ways_to_another_site)),
    Attack("htmx headers of any content", once(acting_for_others.htmx_headers_of_any_content)),
    Attack("hostile names, files, browsers, labels", once(acting_for_others.hostile_texts)),
    Attack("a stranger's words in mails and pages", strangers_words.in_mails_and_pages, 24, 8),
    Attack("sessions of others", once(others_things.sessions_of_others)),
    Attack("histories of others", once(others_things.histories_of_others), places=(SPLIT,)),
    Attack("data taken and accounts left by a stolen session", once(leaving.with_a_stolen_session)),
    Attack("an account deleted by who knows the password", once(leaving.with_the_password_alone), limit_factor="1"),
    Attack("data taken and accounts left from elsewhere", once(leaving.from_elsewhere)),
    Attack("many exports at once, unread", once(leaving.many_exports_at_once), places=(SPLIT,)),
    Attack("records and files of others", once(others_things.records_of_others), places=(SPLIT,)),
    Attack("buckets of others", once(others_things.buckets_of_others), places=(SPLIT,)),
    Attack("a cache between", once(others_things.a_cache_between)),
    Attack("secrets in what is kept", once(others_things.secrets_in_what_is_kept)),
    Attack("addresses in logs and tables", once(others_things.addresses_in_logs)),
    Attack("broken input at the site", broken_input_at_the_site, 25_000, 1_000, (EMBEDDED,), confirmation="off"),
    Attack("broken input at the backend", broken_input_at_the_backend, 25_000, 1_000, (SPLIT,), confirmation="off"),
    Attack("passwords of many signs", passwords.passwords_of_many_signs, 120, 24),
    Attack("made-up reset tokens", passwords.made_up_reset_tokens, 2_000, 200, (SPLIT,)),
    Attack("settings that do not protect", unsafe_settings.settings_that_do_not_protect, 16, 5, (EMBEDDED,)),
    Attack("an outbox through a proxy", once(unsafe_settings.an_outbox_through_a_proxy)),
    Attack("files that others may read", once(unsafe_settings.files_that_others_may_read)),
    Attack("hostile photos", once(photos.hostile_photos)),
    Attack("ten photo bombs at once", bombs),
    Attack("photos that take all they may", costly_photos.photos_that_take_all_they_may, 10, 3, confirmation="off"),
    Attack("photos of very many scans", costly_photos.photos_of_a_hundred_scans_and_more, 20, 5, confirmation="off"),
    Attack("photos of the most memory", costly_photos.the_most_memory_of_every_mode, 18, 5, confirmation="off"),
    Attack("many photos at once", costly_photos.many_uploads_at_once, 45, 15, confirmation="off"),
    Attack("idle connections", at_the_site(exhaustion.idle_connections), 10_000, 500),
    Attack("heads that drip", at_the_site(exhaustion.heads_that_drip), 2_000, 200),
    Attack("bodies that drip", at_the_site(exhaustion.bodies_that_drip), 2_000, 200),
    Attack("heads that are hard to read", heads.heads_that_are_hard_to_read, 5),
    Attack("parts that are hard to read", heads.parts_that_are_hard_to_read, 50, 5, confirmation="off"),
    Attack("requests far ahead of their answers", heads.requests_far_ahead, 2),
    Attack("bodies that never come", exhaustion.bodies_that_never_come, 5_000, 1_200),
    Attack("slow readers of a file", exhaustion.slow_readers_of_a_file, 400, 100, (SPLIT,), confirmation="off"),
    Attack("a header of 20 MB", at_the_site(exhaustion.a_header_of_20_mb), 10, 1),
    Attack("uploads of 100 MB", uploads, 10, 1, confirmation="off"),
    Attack("log-ins at once", at_the_site(exhaustion.log_ins_at_once), 200, 20),
    Attack("calls under way", calls_under_way, 600, 300, (SPLIT,), confirmation="off"),
    Attack("registrations", at_the_site(exhaustion.registrations), 5_000, 50, (EMBEDDED,)),
)
