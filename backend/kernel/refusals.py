"""How the rules say no. The contract gives each code its status and its words (contract.py)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One reason. `param` names the field it is about; an empty `message` means the contract's own words."""

    code: str
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class RefusalError(Exception):
    """The request was understood and is refused, for one reason or several."""

    def __init__(self, *problems: Problem, retry_after: int = 0) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
        self.retry_after = retry_after  # seconds; 0 says nothing


def refusal(code: str, *, param: str = "", message: str = "", **details: Any) -> RefusalError:
    """A refusal for one reason, ready to be raised."""
    if param:
        details["param"] = param
    return RefusalError(Problem(code, message, details))


def invalid(param: str, message: str) -> RefusalError:
    """A refusal of one field's value. The value is never repeated: it may be a password."""
    return refusal("validation_error", param=param, message=message)


class Problems:
    """Collects what is wrong with several fields, so that all of it is said at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def read(self, read: Callable[[], T]) -> T | None:
        """The value of a field. None: it was refused, which `raise_if_any` says."""
        try:
            return read()
        except RefusalError as found:
            self.note(found)
            return None

    def note(self, found: RefusalError) -> None:
        self._found.extend(found.problems)

    def raise_if_any(self) -> None:
        if self._found:
            raise RefusalError(*self._found)
