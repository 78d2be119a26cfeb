"""Refusals: how the rules say no, by code. The contract gives each code its status and words (http/envelope.py)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One reason of a refusal. `details` may have `param`, the field that it is about; an empty `message` means
    the contract's own words."""

    code: str
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class RefusalError(Exception):
    """The request is valid HTTP and is refused, for one reason or several."""

    def __init__(self, *problems: Problem, retry_after: int = 0) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
        self.retry_after = retry_after  # seconds; 0: not said


def refusal(code: str, *, param: str = "", message: str = "", **details: Any) -> RefusalError:
    """Make a refusal for one reason, to be raised."""
    if param:
        details["param"] = param
    return RefusalError(Problem(code, message, details))


def invalid(param: str, message: str) -> RefusalError:
    """Make a refusal of one field's value, which is never repeated: it may be a password."""
    return refusal("validation_error", param=param, message=message)


class Problems:
    """Collects the refusals of several fields, and raises them as one at the end of its `with` block.

    with Problems() as problems:
        email = problems.take(fields.email, body, "email")
        password = problems.take(fields.password, body, "password")
    """

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._found:
            raise RefusalError(*self._found)

    def take(self, read: Callable[[Any, str], T], body: Mapping[str, Any], name: str) -> T:
        """Return a field of a body as `read` cleans it, or collect its refusal."""
        return self.call(read, body.get(name), name)

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns, or collect its refusal. Use the value after the block, not within."""
        try:
            return function(*args, **kwargs)
        except RefusalError as refused:
            self._found.extend(refused.problems)
            return cast("T", None)  # nobody sees it: the block ends with a refusal
