"""Reading JSON strictly, and only what databases and clients can give back."""

import json
import math
import re
from typing import Any, NoReturn

from backend.kernel.refusals import invalid, refusal

UNFIT = re.compile("[\0\ud800-\udfff]")  # no database takes NUL, no UTF-8 half a character
DEPTH_LIMIT = 20


def parse_json(body: bytes) -> Any:
    """Parse JSON as in RFC 8259, each member of an object once. Raises `invalid_request_body_syntax`."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_make_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refusal("invalid_request_body_syntax") from error


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object of what can be kept. Raises `invalid_request_body_syntax` or `validation_error`."""
    value = parse_json(body)
    if not isinstance(value, dict):
        raise refusal("invalid_request_body_syntax")
    for key, item in value.items():
        _check_text(key, "body")
        _check_value(item, key, DEPTH_LIMIT)
    return value


def _check_value(value: Any, param: str, depth: int) -> None:
    """Refuse what a database or a client could not give back: NUL, half characters, infinite numbers, deep nesting."""
    if depth == 0:
        raise invalid(param, "This is nested too deeply.")
    if isinstance(value, str):
        _check_text(value, param)
    elif isinstance(value, float) and not math.isfinite(value):
        raise invalid(param, "This number is too large.")
    elif isinstance(value, list):
        for item in value:
            _check_value(item, param, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, param)
            _check_value(item, param, depth - 1)


def _check_text(value: str, param: str) -> None:
    if UNFIT.search(value):
        raise invalid(_make_printable(param), "This has characters that cannot be kept.")


def _make_printable(param: str) -> str:
    return "".join(filter(str.isprintable, param))[:64]
