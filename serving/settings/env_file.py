"""Files of settings: `.env`, one `NAME=value` a line."""

from pathlib import Path


def read_env_file(path: Path) -> dict[str, str]:
    """Read the settings of a file, none if it is missing. Comments and quotes around values are dropped."""
    if not path.is_file():
        return {}
    lines = (line.strip().removeprefix("export ") for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): _unquote(value.strip()) for name, value in pairs}


def _unquote(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
