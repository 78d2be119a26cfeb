"""The orientation of a photo, the only field of EXIF that is read."""

import struct

ORIENTATION, SHORT = 0x0112, 3
BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
UPRIGHT = 1


def read_orientation(exif: bytes) -> int:
    """Return the orientation (1 to 8) in the first directory of a TIFF header; 1 where there is none."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = BYTE_ORDERS.get(tiff[:4], "")
    try:
        return _find_orientation(tiff, order) if order else UPRIGHT
    except struct.error:  # an offset beyond the end
        return UPRIGHT


def _find_orientation(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == ORIENTATION and kind == SHORT and UPRIGHT <= value <= 8:
            return int(value)
    return UPRIGHT
