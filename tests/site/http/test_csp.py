"""The content security policy, judged by Google's evaluator."""

import json
import subprocess

import httpx

from tests.kit.serving import ROOT

JUDGE = """
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const findings = new CspEvaluator(new CspParser(process.argv[1]).csp).evaluate();
console.log(JSON.stringify(findings.map(({ severity, directive, value }) => [severity, directive, value])));
"""
MEDIUM = 30  # its severities: 10 high, 20 a fault of syntax, 30 medium, 40 and 50 perhaps, 60 strict
NO_FILES_OF_PEOPLE = [50, "script-src", "'self'"]  # only where people's files are scripts: photos are sandboxed


def findings(policy: str) -> list[list[object]]:
    judged = subprocess.run(["node", "-e", JUDGE, policy], cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[list[object]] = json.loads(judged.stdout)
    return found


async def test_the_policy_of_our_pages_has_no_hole(plain: httpx.AsyncClient) -> None:
    policy = (await plain.get("/login")).headers["Content-Security-Policy"]
    assert findings(policy) == [NO_FILES_OF_PEOPLE]


def test_a_hole_would_be_found() -> None:
    assert any(int(str(severity)) <= MEDIUM for severity, *_ in findings("script-src 'unsafe-inline' https:"))
