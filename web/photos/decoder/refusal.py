"""Reasons for refusing a photo; the site has the words for them, in the visitor's language."""

REFUSED_STATUS = 3  # exit status of the process
NO_FILE, UNKNOWN_FORMAT, DAMAGED, ANIMATED = "nothing", "unknown", "damaged", "moves"
TOO_MANY_SCANS, TOO_MANY_PIXELS, TOO_COSTLY = "scans", "pixels", "costly"


class PhotoRefused(ValueError):  # noqa: N818  # an answer, not a failure
    """The file is not an acceptable photo: `reason` is one of this module's, `numbers` are for its words."""

    def __init__(self, reason: str, **numbers: int | str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.numbers = numbers
