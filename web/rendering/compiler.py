"""How templates become Python: more plainly than Jinja does it, which allows for much that ours do not use.

With us an attribute is never an item, no function is passed the context, a macro has neither `varargs` nor `kwargs`,
and all that is put out is escaped.
"""
# ruff: noqa: N802  # visitors are named after the nodes

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Context
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from web.rendering.translated_templates import InlineTranslations


def output(value: Any) -> str:
    """Escape a value. MarkupSafe marks the result as safe besides, which takes five times as long."""
    if type(value) is str:
        return _escape_inner(value)
    return value if type(value) is Markup else escape(value)


def join(*values: Any) -> str:
    """Join the values of `a ~ b`: what is safe stays so, and the others are escaped."""
    return Markup("").join(values) if Markup in map(type, values) else "".join(map(str, values))


mark_safe: Callable[[str], Markup] = partial(str.__new__, Markup)  # MarkupSafe's own looks first what it is given


def include(context: Context, name: str, local: Mapping[str, Any]) -> str:
    """Render a template within another, with the names that are known there."""
    template = context.environment.get_template(name)
    known = context.parent | context.vars | {key: value for key, value in local.items() if value is not missing}
    return "".join(template.root_render_func(template.new_context(known, shared=True)))


class InlineIncludes(NodeTransformer):
    """Replaces each include of a template whose name is known by that template, with a scope of its own."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def visit_Include(self, node: nodes.Include) -> nodes.Node:
        match node.template:
            case nodes.Const(value=name):
                return nodes.Scope(self._load(name)).set_lineno(node.lineno, override=True)
        return node

    def _load(self, name: str) -> list[nodes.Node]:
        assert self.environment.loader  # noqa: S101
        source = self.environment.loader.get_source(self.environment, name)[0]
        included: nodes.Template = self.visit(self.environment.parse(source, name))
        return included.body


class PlainCodeGenerator(CodeGenerator):
    """Writes calls, attributes, macros, imports and includes as plain Python, with messages already translated."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import include, join, mark_safe, output")
        whole = InlineIncludes(self.environment).visit(node)
        super().visit_Template(InlineTranslations().visit(whole), frame)

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """Put out a template or a block as one text: to collect its parts takes less time than to yield them."""
        if frame.buffer is not None:
            super().blockvisit(body, frame)
            return
        self.buffer(frame)
        super().blockvisit(body, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("join(")
        for value in node.nodes:
            self.visit(value, frame)
            self.write(", ")
        self.write(")")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        self.start_write(frame, node)
        self.write("include(context, ")
        self.visit(node.template, frame)
        self.write(f", {self.dump_local_context(frame)})")
        self.end_write(frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if node.dyn_args or node.dyn_kwargs:
            self.fail("write out the arguments", node.lineno)
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:  # noqa: ARG002
        names = [argument.name for argument in macro_ref.node.args]
        if macro_ref.accesses_caller and "caller" not in names:
            names.append("caller")
        parameters = "".join(f"{name}=missing, " for name in names)
        self.write(f"lambda {parameters}*, macro=macro: mark_safe(macro({', '.join(names)}))")

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        self.write("environment.get_template(")
        self.visit(node.template, frame)
        self.write(").module")

    def _output_child_pre(self, *_of_child: Any) -> None:
        self.write("output(")
