"""Read declared settings from variables: each is checked, and a wrong one is one line that names it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serving.settings.declaring import EACH, Computed, Setting, Stored, rooms_in, settings_in
from serving.settings.kinds import OUR_FOLDER, Kind, SettingsError
from serving.stored_secrets import load_or_create_secret


class Reader:
    """Reads settings one after the other; a default or a check may use what was read before: `reader["HOST"]`.

    An empty variable counts as not given, and space around a value is dropped. `default_port` is the program's.
    `is_embedded`: the settings are those of a backend inside the site. `is_dry`: neither DATA_DIR nor a secret is made.
    """

    def __init__(
        self, environ: Mapping[str, str], *, default_port: int, is_embedded: bool = False, is_dry: bool = False
    ) -> None:
        self.default_port = default_port
        self.is_embedded = is_embedded
        self.is_dry = is_dry
        self.texts: dict[str, str] = {}  # what each setting was read from, by its name
        self._given = {name: value.strip() for name, value in environ.items() if value.strip()}
        self._values: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether a setting is given, not left to its default."""
        return name in self._given

    def __getitem__(self, name: str) -> Any:
        """Return the value of a setting that was read before."""
        return self._values[name]

    def read_rooms(self, settings: type[Any], known: object = None) -> dict[str, Any]:
        """Read all rooms of a program's settings, by field; rooms that `known` has already are taken from it.

        Raises SettingsError.
        """
        rooms = {}
        for name, room in rooms_in(settings).items():
            other = getattr(known, name, None)
            rooms[name] = self._take_room(other) if isinstance(other, room) else self._read_room(room)
        return rooms

    def _take_room(self, room: Any) -> Any:
        self._values |= {setting.name: getattr(room, field) for field, setting in settings_in(type(room))}
        return room

    def _read_room(self, room: type[Any]) -> Any:
        values: dict[str, Any] = {}
        for field in dataclasses.fields(room):
            compute = field.metadata.get("compute")
            values[field.name] = compute(self) if compute else self._read_setting(field.metadata["setting"])
        return room(**values)

    def _read_setting(self, setting: Setting) -> Any:
        if EACH not in setting.name:
            return self._read(setting)
        values = {name: self._read(each) for name, each in self.find_each(setting).items()}
        self._values[setting.name] = values
        return values

    def find_each(self, setting: Setting) -> Mapping[str, Setting]:
        """Find the settings that are given of one that may be given for any number of names, by those names."""
        before, after = setting.name.split(EACH)
        lengths = len(before), -len(after)
        names = [given[lengths[0] : lengths[1]] for given in self._given if _is_between(given, before, after)]
        return {name: dataclasses.replace(setting, name=f"{before}{name}{after}") for name in sorted(names)}

    def _read(self, setting: Setting) -> Any:
        given = self._given.get(setting.name)
        value = None if given is None else parse(setting.name, setting.kind, given)
        self._check(setting, value)
        if given is None:
            value = self._read_default(setting)
        else:
            self.texts[setting.name] = given
        self._values[setting.name] = value
        return value

    def _check(self, setting: Setting, value: Any) -> None:
        try:
            if setting.check:
                setting.check(value, self)
        except SettingsError:
            raise
        except ValueError as error:
            raise SettingsError(f"{setting.name}: {error}") from None

    def _read_default(self, setting: Setting) -> Any:
        match setting.default:
            case None:
                return None
            case Stored(file):
                return () if self.is_dry else setting.kind.parse(self._load_secret(file))
            case Computed(compute):
                text = compute(self)
            case text:
                pass
        self.texts[setting.name] = text
        return parse(setting.name, setting.kind, text)

    def _load_secret(self, file: str) -> str:
        """Load or create the secret in a file of DATA_DIR. Raises SettingsError."""
        folder: Path = self["DATA_DIR"]
        make_data_dir(folder)
        try:
            return load_or_create_secret(folder / file)
        except (OSError, ValueError) as error:
            raise SettingsError(f"DATA_DIR: the file {file} in {str(folder)!r} cannot be used: {error}") from error


def _is_between(name: str, before: str, after: str) -> bool:
    return name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)


def make_data_dir(folder: Path) -> None:
    """Make DATA_DIR, for the user alone who runs the program. Raises SettingsError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise _refuse("DATA_DIR", OUR_FOLDER, str(folder)) from None


def parse(name: str, kind: Kind[Any], value: str) -> Any:
    """Parse the value of a setting. Raises SettingsError, which repeats no secret."""
    try:
        return kind.parse(value)
    except (ValueError, LookupError, OSError):
        raise _refuse(name, kind, value) from None


def _refuse(name: str, kind: Kind[Any], value: str) -> SettingsError:
    shown = "" if kind.is_secret else f", not {value[:200]!r}"
    return SettingsError(f"{name}: must be {kind.expected}{shown}")
