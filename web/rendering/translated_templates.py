"""Templates of one language: its words are put in when they are compiled, so that no request looks them up."""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web.i18n.locale import gettext

LOOK_UP = ("_", "gettext")  # `_("...")` and `{% trans %}`


def translated(text: str, **values: Any) -> Markup:
    """What templates call `_`. Jinja's own does the same with three calls instead of one."""
    words = gettext(text)
    return Markup(words) % values if "%" in words else Markup(words)  # noqa: S704  # ours; values are escaped


class Spoken(CodeGenerator):
    """Compiles in the language of the reader; what is put into the words is put in at the request, as ever."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        super().visit_Template(_PutIn().visit(node), frame)


class _PutIn(NodeTransformer):
    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        node = self.generic_visit(node)  # type: ignore[assignment]
        match node:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(text))], kwargs=[]):
                if name in LOOK_UP:
                    return nodes.MarkSafe(nodes.Const(str(translated(text)), lineno=node.lineno), lineno=node.lineno)
        return node
