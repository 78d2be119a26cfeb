"""Templates of one language: messages are translated when the templates are compiled."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web.i18n import locale

LOOK_UP = ("_", "gettext")  # `_("...")` and `{% trans %}`
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def gettext(text: str, **values: Any) -> Markup:
    """Translate a message of a template that is an argument, and no output by itself."""
    return _fill_in(locale.gettext(text), values)


def ngettext(singular: str, plural: str, num: int) -> Markup:
    """Translate a message of a template in the plural form that a number needs."""
    return Markup(locale.ngettext(singular, plural, num) % {"num": num})  # noqa: S704  # ours; a number is safe


class InlineTranslations(NodeTransformer):
    """Replaces messages by their translations: by a constant, or by the words and the values between them."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        node = self.generic_visit(node)  # type: ignore[assignment]
        match _parse(node):
            case Message(text, values) if not values:
                return nodes.MarkSafe(nodes.Const(str(gettext(text)), lineno=node.lineno), lineno=node.lineno)
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        node = self.generic_visit(node)  # type: ignore[assignment]
        node.nodes = [part for child in node.nodes for part in _split(child)]
        return node


class Message(NamedTuple):
    """A call in a template that translates a constant text."""

    text: str
    values: dict[str, nodes.Expr]


def _parse(node: nodes.Expr) -> Message | None:
    match node:
        case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(text))], kwargs=values):
            return Message(text, {value.key: value.value for value in values}) if name in LOOK_UP else None
    return None


def _split(node: nodes.Expr) -> Iterator[nodes.Expr]:
    """Split a message into its words and the values between them."""
    message = _parse(node)
    if not message:
        yield node
        return
    for place, part in enumerate(PLACEHOLDER.split(locale.gettext(message.text))):
        yield message.values[part] if place % 2 else nodes.TemplateData(part.replace("%%", "%"), lineno=node.lineno)


def _fill_in(words: str, values: dict[str, Any]) -> Markup:
    return Markup(words) % values if "%" in words else Markup(words)  # noqa: S704  # ours; values are escaped
