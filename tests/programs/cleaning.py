"""`python -m tests.programs.cleaning`: a backend that serves nobody and cleans up all the time, with a clock HOURS_OFF.

That of the program that serves begins after a minute, and then rests for an hour: too seldom to be killed in it.
"""

import asyncio
import os

from backend.app import create_app
from backend.embedding import Embedded
from backend.settings import Settings
from backend.tasks.cleanup import delete_expired_rows
from tests.faults.an_hour_off import off

REST = 0.05  # seconds, for others who write


async def clean_up_until_killed() -> None:
    async with Embedded(create_app(Settings.from_environment(os.environ), off)) as embedded:
        while True:
            await delete_expired_rows(embedded.state["services"])
            await asyncio.sleep(REST)


if __name__ == "__main__":
    asyncio.run(clean_up_until_killed())
