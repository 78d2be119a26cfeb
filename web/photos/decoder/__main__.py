"""Standard input: a photo. Standard output: the square, or with status REFUSED the reason, as JSON."""

import json
import sys
import warnings

from web.photos.decoder.conversion import convert, find_reader
from web.photos.decoder.process_limits import bound_this_process, forbid_new_files
from web.photos.decoder.refusal import REFUSED_STATUS, PhotoRefused


def main() -> int:
    bound_this_process()
    warnings.simplefilter("ignore")  # Pillow warns of sizes and odd metadata; the limits here are our own
    try:
        file = sys.stdin.buffer
        reader = find_reader(file)
        forbid_new_files()
        square = convert(file, reader)
    except PhotoRefused as refusal:
        print(json.dumps({"reason": refusal.reason, **refusal.numbers}))
        return REFUSED_STATUS
    sys.stdout.buffer.write(square)
    return 0


if __name__ == "__main__":
    sys.exit(main())
