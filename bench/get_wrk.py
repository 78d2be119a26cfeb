"""Before measuring: get wrk, which makes the load, if there is none. Debian's package, and so for any other program."""

import sys

from tests.kit.packages import has_program


def main(program: str = "wrk") -> int:
    if has_program(program):
        return 0
    print(f"{program} is needed, and could not be installed: apt-get install {program}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
