"""The settings that bound how much people may store."""

from dataclasses import dataclass

from serving.settings.declaring import derived, setting
from serving.settings.kinds import whole_number

MIB = 1024 * 1024


@dataclass(frozen=True)
class Files:
    """Files."""

    limit: int = setting(
        "FILE_LIMIT", whole_number(1024, 1024 * MIB, "bytes"), str(16 * MIB), "Bytes of the largest file."
    )
    quota: int = setting(
        "STORAGE_QUOTA",
        whole_number(1024, 1024 * 1024 * MIB, "bytes"),
        str(64 * MIB),
        "Bytes of all files of one user.",
    )

    are_same_origin: bool = derived(lambda reader: reader.is_embedded)
