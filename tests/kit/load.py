"""Load on a server, made by wrk: one thread of C, so that it is not what is measured."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 32
GRACE = 30  # seconds after which wrk is stuck

COUNTED = """
function done(summary, latency, _)
  local bad = summary.errors
  io.write(string.format("\\ncounted %d %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max,
    bad.connect + bad.read + bad.write + bad.timeout, bad.status))
end
"""
ONE = """
wrk.method, wrk.path, wrk.body = asked[1].method, asked[1].path, asked[1].body
for name, value in pairs(asked[1].headers) do wrk.headers[name] = value end
"""
SEVERAL = """
local ready, turn = {}, 0
function init()
  for i, one in ipairs(asked) do
    local headers = {}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    for name, value in pairs(one.headers) do headers[name] = value end
    ready[i] = wrk.format(one.method, one.path, headers, one.body)
  end
end
function request()
  turn = turn % #ready + 1
  return ready[turn]
end
"""
# Each connection pauses before each request, for a time as between independent visitors.
PAUSING = """
math.randomseed(7)
function delay() return math.floor(-math.log(1 - math.random()) * %f + 0.5) end
"""
# As many requests as connections, all at once, and no more.
ONCE = """
local sent = 0
function delay()
  sent = sent + 1
  return sent <= %d and 0 or 3600000
end
"""


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def lua(self) -> str:
        headers = ", ".join(f"[{_quote(name)}] = {_quote(value)}" for name, value in self.headers.items())
        parts = {"method": _quote(self.method), "path": _quote(self.path), "headers": f"{{{headers}}}"}
        if self.body:
            parts["body"] = _quote(self.body)
        return f"{{{', '.join(f'{name} = {value}' for name, value in parts.items())}}}"


@dataclass(frozen=True)
class Load:
    """What wrk counted. Times in milliseconds; `rate` a second; `own_cpu`: wrk's own processor seconds."""

    requests: int
    seconds: float
    median: float
    p99: float
    longest: float
    failures: int
    own_cpu: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def load(
    base: str,
    asked: Request | Sequence[Request],
    seconds: float,
    *,
    connections: int = CONNECTIONS,
    pause: float = 0,
    once: bool = False,
) -> Load:
    """Send the requests in turn, over and over, and return what wrk counted.

    `pause`: milliseconds before each request of a connection, on average; `once`: each connection sends one request.
    """
    several = [asked] if isinstance(asked, Request) else list(asked)
    script = f"asked = {{{', '.join(one.lua() for one in several)}}}\n{ONE if len(several) == 1 else SEVERAL}{COUNTED}"
    script += PAUSING % pause if pause else ""
    script += ONCE % connections if once else ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "asked.lua")
        file.write_text(script)
        options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout=30s", "--latency", "-s"]
        return _run_wrk(["wrk", *options, str(file), base], seconds + GRACE)


def require_success(found: Load, what: str) -> Load:
    """Raise RuntimeError if a request failed, so that a failure never counts as fast."""
    if found.failures or not found.requests:
        raise RuntimeError(f"{what}: {found.failures} of {found.requests} requests failed")
    return found


def _run_wrk(command: list[str], limit: float) -> Load:
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    after = os.times()
    lines = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("counted ")]
    if not lines:
        raise RuntimeError(f"wrk said: {done.stdout}{done.stderr}")
    requests, took, median, p99, longest, broken, refused = map(int, lines[0])
    own_cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Load(requests, took / 1e6, median / 1e3, p99 / 1e3, longest / 1e3, broken + refused, own_cpu)


def _quote(text: str) -> str:
    """Return a Lua string literal; what is not plain ASCII is written as a number."""
    plain = (chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\{byte:03d}" for byte in text.encode())
    return f'"{"".join(plain)}"'
