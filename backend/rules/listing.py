"""What somebody wants of a list of their own files or buckets."""

from dataclasses import dataclass

from backend.store.records import ListPage


@dataclass(frozen=True)
class ListRequest:
    """Which page of a list is asked for, and whose: None means whoever's, which is one's own, too, for nobody else's is
    listed."""

    page: ListPage
    owner_id: str | None = None

    def is_about_others(self, user_id: str) -> bool:
        return self.owner_id not in (None, user_id)
