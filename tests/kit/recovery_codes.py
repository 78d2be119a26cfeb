"""People's recovery codes, through the contract."""

from tests.kit.contract import Answer, Contract

PATH = "/account/factors/recovery-codes"
SHAPE = "-".join(["[BCDFGHJKLMNPQRSTVWXZ]{4}"] * 4)


async def makes_codes(backend: Contract, session: str) -> list[str]:
    """Make a set, which is pending. Return its codes."""
    answer = await backend.post(PATH, session=session)
    assert answer.status == 200, answer.body
    codes: list[str] = answer.body["pending"]["codes"]
    return codes


async def keeps_codes(backend: Contract, session: str, **body: str) -> Answer:
    """Say that the pending set is kept."""
    return await backend.post(f"{PATH}/confirm", body, session=session)


async def has_codes(backend: Contract, session: str) -> list[str]:
    """Make a set and keep it. Return its codes."""
    codes = await makes_codes(backend, session)
    assert (await keeps_codes(backend, session)).body == {"left": len(codes)}
    return codes
