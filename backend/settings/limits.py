"""The setting that multiplies rate limits."""

from dataclasses import dataclass

from serving.settings.declaring import setting
from serving.settings.kinds import positive_number


@dataclass(frozen=True)
class Limits:
    """Rate limits."""

    factor: float = setting("LIMIT_FACTOR", positive_number(1_000_000), "1", "Multiplies every rate limit.")
