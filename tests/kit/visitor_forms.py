"""Forms, filled in and sent as a browser does it."""

from __future__ import annotations

import re
from secrets import token_hex
from urllib.parse import urlencode

from tests.kit.markup import FIELDS, Element, Upload

Typed = str | bool | tuple[str, bytes, str]
Entries = list[tuple[str, str | Upload]]


class Form:
    """A form, filled in and sent as a browser does it."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def controls(self, name: str = "") -> list[Element]:
        named = [control for control in self.element.root().all(FIELDS) if control.get("name")]
        return [each for each in named if form_of(each) is self.element and name in ("", each.get("name"))]

    def fill(self, name: str, value: Typed) -> None:
        controls = [control for control in self.controls(name) if not is_disabled(control)]
        known = sorted({control.get("name") for control in self.controls()})
        assert controls, f"there is no field {name!r} in {self.element}, only {known}"
        for control in controls:
            fill(control, value)
        if isinstance(value, str) and controls[0].get("type") == "radio":
            assert any(map(is_chosen, controls)), f"{name!r} offers no {value!r}"

    def entries(self, button: Element | None = None) -> Entries:
        sent = [entry for control in self.controls() if not is_disabled(control) for entry in entries_of(control)]
        if button is not None and button.get("name"):
            sent.append((button.get("name"), button.get("value")))
        return sent

    def refuse_what_a_browser_refuses(self, button: Element) -> None:
        if self.element.has("novalidate") or button.has("formnovalidate"):
            return
        for control in self.controls():
            value = value_of(control)
            wrong = (control.has("required") and not value) or (control.get("type") == "email" and value[:1] == "@")
            assert not wrong, f"a browser would not send this form, because of {control}"


def form_of(control: Element) -> Element | None:
    if control.has("form"):
        return control.root().by_id(control.get("form"))
    return control.closest("form")


def submits_a_form(button: Element) -> bool:
    return button.get("type") in ("", "submit", "image")


def is_disabled(control: Element) -> bool:
    return control.has("disabled") or any(each.matches("fieldset[disabled]") for each in control.above())


def is_chosen(control: Element) -> bool:
    if isinstance(control.typed, bool):
        return control.typed
    return control.has("checked") or control.has("selected")


def options_of(select: Element) -> list[Element]:
    options = select.all("option")
    return [option for option in options if is_chosen(option)] or options[: 0 if select.has("multiple") else 1]


def option_value(option: Element) -> str:
    return option.get("value") if option.has("value") else option.text()


def value_of(control: Element) -> str:
    """What stands in a field now."""
    if control.tag == "select":
        return option_value(chosen[0]) if (chosen := options_of(control)) else ""
    if control.get("type") in ("checkbox", "radio"):
        return (control.get("value") or "on") if is_chosen(control) else ""
    if isinstance(control.typed, Upload):
        return control.typed.filename
    if isinstance(control.typed, str):
        return control.typed
    if control.tag == "textarea":  # the line break after the start tag is not part of the text
        return "".join(child for child in control.children if isinstance(child, str)).removeprefix("\n")
    return "" if control.get("type") == "file" else control.get("value")


def fill(control: Element, value: Typed) -> None:
    kind = control.get("type")
    if kind in ("checkbox", "radio"):
        control.typed = value if isinstance(value, bool) else control.get("value") == value
    elif control.tag == "select":
        choose(control, str(value))
    elif kind == "file":
        assert isinstance(value, tuple), f"{control} takes (filename, content, type)"
        control.typed = Upload(*value)
    else:
        assert isinstance(value, str), f"{control} takes words, not {value!r}"
        control.typed = value if control.tag == "textarea" or kind == "hidden" else re.sub(r"[\r\n]", "", value)


def choose(select: Element, wanted: str) -> None:
    options = select.all("option")
    assert any(wanted in (option_value(o), o.text()) for o in options), f"{select} does not offer {wanted!r}"
    for option in options:
        option.typed = wanted in (option_value(option), option.text())


def entries_of(control: Element) -> Entries:
    name, kind = control.get("name"), control.get("type")
    if kind in ("submit", "button", "reset", "image"):
        return []
    if control.tag == "select":
        return [(name, option_value(option)) for option in options_of(control)]
    if kind in ("checkbox", "radio") and not is_chosen(control):
        return []
    if kind == "file":
        nothing_chosen = Upload("", b"", "application/octet-stream")
        return [(name, control.typed if isinstance(control.typed, Upload) else nothing_chosen)]
    return [(name, re.sub(r"\r\n|\r|\n", "\r\n", value_of(control)))]


def encode_form(entries: Entries, enctype: str = "") -> tuple[bytes, str]:
    """The body and its Content-Type. httpx leaves out the file name of an empty file field; browsers do not."""
    if enctype != "multipart/form-data":
        return urlencode(plain(entries)).encode(), "application/x-www-form-urlencoded"
    boundary = f"----geckoformboundary{token_hex(16)}"
    parts = [f"--{boundary}\r\n".encode() + multipart(*entry) for entry in entries]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"{enctype}; boundary={boundary}"


def multipart(name: str, value: str | Upload) -> bytes:
    head = f'Content-Disposition: form-data; name="{quote_name(name)}"'
    if isinstance(value, str):
        return f"{head}\r\n\r\n{value}\r\n".encode()
    head += f'; filename="{quote_name(value.filename)}"\r\nContent-Type: {value.type}'
    return f"{head}\r\n\r\n".encode() + value.content + b"\r\n"


def quote_name(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def plain(entries: Entries) -> list[tuple[str, str]]:
    return [(name, value if isinstance(value, str) else value.filename) for name, value in entries]
