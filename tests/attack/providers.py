"""Log-ins at providers: answers that other browsers bring, and accounts that are taken over by an address."""

from __future__ import annotations

import asyncio

import httpx

from tests.attack.world import World
from tests.kit.contract import Contract, Landing
from tests.kit.people import ADA
from tests.kit.providers import BROWSER, OTHER_BROWSER, ask_at_provider, hash_browser

LOG_INS, AT_ONCE = 5, 5
VOUCHES, DOUBTS = "p0", "p1"  # for addresses
EVE = {"sub": "eve", "name": "Eve", "email": ADA.email}


async def answers_of_other_log_ins(world: World) -> int:
    """Each answer in another browser, without its state, with another's, at another provider; and its own one often."""
    tried = 0
    for is_injected in [True, False] * LOG_INS:
        async with world.client() as ada, world.client() as eve:
            answer, eves = [httpx.URL(await begins(browser)) for browser in (ada, eve)]
            spoiled = [answer, answer.copy_remove_param("state"), answer.copy_with(path=f"/_auth/{DOUBTS}/callback")]
            if is_injected:  # Ada's code, in a log-in of Eve's
                spoiled.append(answer.copy_set_param("state", eves.params["state"]))
            for url in spoiled:
                landing = await lands(eve, url)
                assert "access_token" not in landing.query, landing.url
                tried += 1
            landings = await asyncio.gather(*(lands(ada, answer) for _ in range(AT_ONCE)))
            tokens = {landing.query["access_token"] for landing in landings if "access_token" in landing.query}
            assert len(tokens) == (0 if is_injected else 1), tokens  # an injected code is used up
            for token in tokens:
                granted = await asyncio.gather(*(eve.grants(token) for _ in range(AT_ONCE)))
                assert sorted(answer.status for answer in granted) == [200] + [403] * (AT_ONCE - 1)
            tried += AT_ONCE
    return tried


async def accounts_taken_over_by_an_address(world: World) -> int:
    """Eve's provider says that Ada's address is hers, or she types it; Ada presses whatever is mailed to her."""
    assert world.provider
    world.provider.person = dict(EVE)
    async with world.client() as ada, world.client() as eve:
        joined = await ada.joins(ADA.email, ADA.password, ADA.name)
        own = (await ada.signs_in(ADA.email, ADA.password)).token
        await begins_and_lands(eve, VOUCHES)
        waiting = await begins_and_lands(eve, DOUBTS)
        typed = {"ref": waiting.query["ref"], "email": ADA.email}
        asked = await eve.post("/account/identities/address", typed, headers={"X-Registration": OTHER_BROWSER})
        assert asked.status == 200, asked.body
        for _ in range(100):
            links = await ada.links_to(ADA.email)
            if len(links) >= 3:  # the confirmation, and two that would connect
                break
            await asyncio.sleep(0.05)
        for link in links[:2]:  # to use one of them ends the other
            token = (await ada.opens(link)).query.get("access_token", "")
            opened = await ada.grants(token, headers={"X-Registration": BROWSER})
            assert opened.status != 200 or opened.body["user"]["_id"] == joined.body["user"]["_id"], opened.body
        await connects_with_hers(ada, own, eve)
        assert (await ada.get("/account/identities", session=own)).body["identities"] == []
        for provider in (VOUCHES, DOUBTS):
            assert "access_token" not in (await begins_and_lands(eve, provider)).query
    return 6


async def connects_with_hers(ada: Contract, own: str, eve: Contract) -> None:
    """Eve begins to connect an account of her own, and hands the end of it to Ada's session; or takes Ada's ticket."""
    await eve.joins("eve@example.com")
    hers = (await eve.signs_in("eve@example.com")).token
    body = {"provider": VOUCHES, "bind": hash_browser(OTHER_BROWSER)}
    ticket = (await eve.post("/account/identities/begin", body, session=hers)).body["ticket"]
    landing = await lands(eve, httpx.URL(await begins(eve, VOUCHES, connect=ticket)))
    assert (await ada.post("/account/identities", {"key": landing.token}, session=own)).code == "invalid_access_token"
    stolen = (await ada.post("/account/identities/begin", body, session=own)).body["ticket"]
    landing = await lands(eve, httpx.URL(await begins(eve, VOUCHES, connect=stolen)))
    assert (await eve.post("/account/identities", {"key": landing.token}, session=hers)).code == "invalid_access_token"


async def begins_and_lands(browser: Contract, provider: str) -> Landing:
    return await lands(browser, httpx.URL(await begins(browser, provider)))


async def begins(browser: Contract, provider: str = VOUCHES, **query: str) -> str:
    """Goes to the provider; returns the address that it leads back to."""
    bind = {} if query else {"bind": hash_browser(OTHER_BROWSER)}
    return await ask_at_provider(await browser.http.get(f"/_auth/{provider}", params=bind | query))


async def lands(browser: Contract, answer: httpx.URL) -> Landing:
    response = await browser.http.get(answer)
    assert response.status_code == 302, response.text
    return Landing(response.headers["location"])
