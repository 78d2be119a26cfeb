"""An act of somebody who hears a page, and the words that have to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.voice.listener import Listener


@dataclass(frozen=True)
class Act:
    """`expected` has to be said, in any order, and each of it so many `times` at most: Orca itself says a new title
    twice, and what describes a thing once more where that has just changed. `unsaid` is what nobody wants to hear."""

    name: str
    does: Callable[[Listener], None]
    expected: tuple[str, ...]
    times: int = 1
    unsaid: tuple[str, ...] = ()

    def complain(self, said: list[str]) -> list[str]:
        """Return what is wrong with what was said."""
        text = " ".join(said)
        counts = {words: text.count(words) for words in self.expected}
        return [
            *(f"“{words}” was said {count} times" for words, count in counts.items() if not 1 <= count <= self.times),
            *(f"“{words}” was said" for words in self.unsaid if words in text),
        ]
