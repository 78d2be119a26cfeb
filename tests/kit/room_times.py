"""Says at the end of a run how long the tests of each room took."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import pytest


class RoomTimes:
    """A plugin of pytest. A room is a folder of tests; its seconds are those of all its tests one after the other."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        room = report.nodeid.partition("::")[0].rpartition("/")[0]
        self.seconds[room] += report.duration
        self.tests[room] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("how long each room took")
        for line in list_rooms(self.tests, self.seconds):
            terminalreporter.write_line(line)


def list_rooms(tests: Mapping[str, int], seconds: Mapping[str, float]) -> list[str]:
    """Return a line for each room, the longest first, and one for all."""
    rooms = sorted(seconds, key=lambda room: -seconds[room])
    width = max(map(len, rooms), default=0)
    lines = [f"{room:{width}} {tests[room]:6} tests {seconds[room]:7.1f} s" for room in rooms]
    return [*lines, f"{'all':{width}} {sum(tests.values()):6} tests {sum(seconds.values()):7.1f} s"]
