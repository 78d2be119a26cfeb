"""Why a file is not kept. Worded by the site, which knows the language."""

STATUS = 3  # of the process that refused a file
NOTHING, UNKNOWN, DAMAGED, MOVES = "nothing", "unknown", "damaged", "moves"
SCANS, PIXELS, COSTLY = "scans", "pixels", "costly"


class Refused(ValueError):  # noqa: N818  # an answer, not a failure
    """The file is not a photo that is kept: a reason of this module, and the numbers that counted."""

    def __init__(self, reason: str, **numbers: int | str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.numbers = numbers
