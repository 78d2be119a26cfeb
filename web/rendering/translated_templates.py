"""Templates of one language: constant messages are translated when the templates are compiled."""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web.i18n.locale import gettext

LOOK_UP = ("_", "gettext")  # `_("...")` and `{% trans %}`


def translate(text: str, **values: Any) -> Markup:
    """Translate a message of a template, which calls it `_`. Faster than Jinja's own."""
    words = gettext(text)
    return Markup(words) % values if "%" in words else Markup(words)  # noqa: S704  # ours; values are escaped


class TranslatingCodeGenerator(CodeGenerator):
    """Inlines constant translations at compile time; messages with placeholders are translated per request."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        super().visit_Template(_InlineTranslations().visit(node), frame)


class _InlineTranslations(NodeTransformer):
    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        node = self.generic_visit(node)  # type: ignore[assignment]
        match node:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(text))], kwargs=[]):
                if name in LOOK_UP:
                    return nodes.MarkSafe(nodes.Const(str(translate(text)), lineno=node.lineno), lineno=node.lineno)
        return node
