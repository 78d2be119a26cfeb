"""Lost factors that whoever runs the site has removed by the command: that is what the owner reads."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tests.kit import mailbox
from tests.kit.clock import Clock
from tests.kit.lost_factor_visitors import has_two_step
from tests.kit.people import ADA, logs_in
from tests.kit.serving import run_to_its_end
from tests.kit.visitor import Visitor


async def test_mail_and_history_say_who_did_it(
    visitor: Visitor, clock: Clock, environ: dict[str, str], tmp_path: Path
) -> None:
    clock.now = datetime.now(UTC)  # that of the command
    await has_two_step(visitor, clock)
    command = ("remove-factors", ADA.email)
    ended = await asyncio.to_thread(run_to_its_end, "backend", environ, tmp_path, command)
    assert ended.returncode == 0, ended
    clock.now = max(clock.now, datetime.now(UTC))

    mail = await mailbox.newest(visitor, to=ADA.email, subject="Two-step verification was removed", patience=20)
    assert "The operator of Account pages did this on" in mail.text
    await visitor.opens(mail.link)
    assert visitor.sees("The operator of this site removed two-step verification of")
    assert visitor.does_not_see("unknown browser")

    await logs_in(visitor, ADA)
    await visitor.opens("/profile/history")
    assert visitor.sees("The operator of this site")
    assert visitor.sees("Recovery codes removed")
    assert visitor.does_not_see("unknown browser")
