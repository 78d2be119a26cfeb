"""The one reader of settings: each is declared once, in a room of the program that uses it."""

from serving.settings.kinds import SettingsError

__all__ = ["SettingsError"]
