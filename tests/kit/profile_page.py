"""What people see on their profile."""

from tests.kit.visitor import Visitor


def find_photo(visitor: Visitor) -> str:
    """The address of the photo on the page, or nothing where the initials under it are all."""
    images = visitor.one("portrait").all("img")
    assert len(visitor.one("portrait").all("svg")) == 1
    return images[0].get("src") if images else ""


def word_saved(visitor: Visitor) -> str:
    """What is said of a new name: in its row, beside "Undo", and to screen readers, or above the page."""
    return "Name saved. You can undo this." if visitor.javascript else "Name saved. Undo"
