"""What functions, calls and modules of JavaScript and TypeScript are called."""

from __future__ import annotations

from tree_sitter import Node

from vedette.audit.facts import Export, Import, Use
from vedette.audit.languages._ecma_values import key_of, path_of
from vedette.audit.languages._tree import Source, line_of

_MOST_UP = 12


def function_name(node: Node, source: Source, owner: str) -> str:
    """The name by which a function is called: its own, or that of what keeps it."""
    name = node.child_by_field_name("name")
    if node.type == "method_definition":
        own = key_of(name, source)
        return f"{owner}.{own}" if owner else _in_object(node, own, source)
    if name is not None:
        return source.of(name)
    return _kept_name(node, source, owner)


def _kept_name(node: Node, source: Source, owner: str) -> str:
    parent = source.parent(node)
    for _ in range(_MOST_UP):
        if parent is None:
            return ""
        if parent.type == "arguments":
            call = source.parent(parent)
            is_first = parent.named_children[0].id == node.id
            if call is None or not is_first or not _is_wrapper(call, source):
                return ""
            node, parent = call, source.parent(call)
        elif parent.type in ("parenthesized_expression", "as_expression", "satisfies_expression"):
            node, parent = parent, source.parent(parent)
        else:
            return _keeper_name(parent, source, owner)
    return ""


def _keeper_name(keeper: Node, source: Source, owner: str) -> str:
    """What keeps a function: a variable, a property, a field, the module."""
    kind = keeper.type
    if kind == "variable_declarator":
        name = keeper.child_by_field_name("name")
        return source.of(name) if name is not None and name.type == "identifier" else ""
    if kind == "assignment_expression":
        path = path_of(keeper.child_by_field_name("left"), source)
        return path.removeprefix("module.").removeprefix("exports.")
    if kind == "pair":
        return _in_object(keeper, key_of(keeper.child_by_field_name("key"), source), source)
    if kind in ("field_definition", "public_field_definition"):
        field = keeper.child_by_field_name("property") or keeper.child_by_field_name("name")
        own = key_of(field, source)
        return f"{owner}.{own}" if owner else own
    return "default" if kind == "export_statement" else ""


def _is_wrapper(call: Node, source: Source) -> bool:
    """A call around a function that gives it back: `useCallback`, `memo`, `asyncHandler`."""
    name = path_of(call.child_by_field_name("function"), source).rpartition(".")[2]
    return name in ("useCallback", "memo", "forwardRef", "cache", "debounce", "throttle") or (
        name.startswith(("with", "wrap"))
        or name.endswith(("Handler", "handler", "Wrap", "wrapper"))
    )


def _in_object(node: Node, own: str, source: Source) -> str:
    """`logger.error` for a function in `const logger = { error() {} }`."""
    parts, parent = [own], source.parent(node)
    for _ in range(_MOST_UP):
        if parent is None:
            break
        if parent.type == "pair":
            parts.append(key_of(parent.child_by_field_name("key"), source))
        elif parent.type == "variable_declarator":
            name = parent.child_by_field_name("name")
            if name is not None and name.type == "identifier":
                parts.append(source.of(name))
            break
        elif parent.type == "export_statement":
            parts.append("default")
            break
        elif parent.type == "assignment_expression":
            path = path_of(parent.child_by_field_name("left"), source)
            parts.append("default" if path == "module.exports" else path)
            break
        elif parent.type not in ("object", "as_expression", "satisfies_expression"):
            break
        parent = source.parent(parent)
    return ".".join(reversed(parts))


def use_of(call: Node, source: Source) -> tuple[Use, str, tuple[str, ...]]:
    """What becomes of a call's result, what keeps it, and what is chained to it."""
    steps: list[str] = []
    node, use = call, None
    for _ in range(40):
        parent = source.parent(node)
        if parent is None:
            break
        kind = parent.type
        if kind == "member_expression":
            outer = source.parent(parent)
            if outer is None or outer.type != "call_expression":
                break
            function = outer.child_by_field_name("function")
            if function is None or function.id != parent.id:
                break
            name = parent.child_by_field_name("property")
            steps.append(source.of(name) if name is not None else "?")
            node = outer
        elif kind == "await_expression":
            use, node = "awaited", parent
        elif kind in ("parenthesized_expression", "as_expression", "non_null_expression"):
            node = parent
        else:
            return _use(parent, node, use == "awaited", source, tuple(steps))
    return ("chained" if use is None else "awaited"), "", tuple(steps)


def _use(
    parent: Node, node: Node, is_awaited: bool, source: Source, steps: tuple[str, ...]
) -> tuple[Use, str, tuple[str, ...]]:
    kind, kept, use = parent.type, "", "argument"
    if kind == "expression_statement":
        use = "statement"
    elif kind == "return_statement" or kind == "arrow_function":
        use = "returned"
    elif kind == "unary_expression" and source.of(parent).startswith("void"):
        use = "voided"
    elif kind in ("variable_declarator", "assignment_expression"):
        left = parent.child_by_field_name("name") or parent.child_by_field_name("left")
        kept = source.cut(left) if left is not None else ""
        use = "assigned"
    elif kind in ("field_definition", "public_field_definition"):
        left = parent.child_by_field_name("property") or parent.child_by_field_name("name")
        kept, use = (source.of(left) if left is not None else ""), "assigned"
    if is_awaited:
        use = "awaited"
    return use, kept, steps  # type: ignore[return-value]


def import_of(node: Node, source: Source, function: int) -> Import | None:
    """An `import` statement."""
    module = node.child_by_field_name("source")
    if module is None:
        return None
    names: list[tuple[str, str]] = []
    for clause in node.named_children:
        if clause.type != "import_clause":
            continue
        for one in clause.named_children:
            if one.type == "identifier":
                names.append(("default", source.of(one)))
            elif one.type == "namespace_import" and one.named_child_count:
                names.append(("*", source.of(one.named_children[0])))
            elif one.type == "named_imports":
                names += [_pair(pair, source) for pair in one.named_children]
    is_type = node.child_count > 1 and node.children[1].type == "type"
    return Import(
        module=key_of(module, source),
        line=line_of(node),
        names=tuple(names),
        function=function,
        is_type=is_type,
    )


def _pair(node: Node, source: Source) -> tuple[str, str]:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    own = key_of(name, source) if name is not None else source.of(node)
    return own, source.of(alias) if alias is not None else own


def required_names(kept: str) -> tuple[tuple[str, str], ...]:
    """The names of `const { a, b: c } = require(...)` or of `const a = require(...)`."""
    if not kept.startswith("{"):
        return (("*", kept),) if kept.isidentifier() else ()
    pairs = [one.partition(":") for one in kept.strip("{} ").split(",") if one.strip()]
    return tuple((own.strip(), (alias or own).strip()) for own, _, alias in pairs)


def exports_of(node: Node, source: Source) -> list[Export]:
    """What an `export` statement offers."""
    module_node = node.child_by_field_name("source")
    module = key_of(module_node, source)
    is_default = any(one.type == "default" for one in node.children[:3])
    found: list[Export] = []
    for one in node.named_children:
        if one.type == "export_clause":
            pairs = (_pair(pair, source) for pair in one.named_children)
            found += [Export(name=name, local=own, module=module) for own, name in pairs]
        elif one.type == "namespace_export":
            found.append(Export(name=source.of(one).split()[-1], local="*", module=module))
        elif module_node is None or one.id != module_node.id:
            found += _declared(one, source, is_default)
    if module and not found:
        found.append(Export(name="*", local="*", module=module))
    return found


def _declared(node: Node, source: Source, is_default: bool) -> list[Export]:
    """The names of a declaration that is exported."""
    if node.type in ("lexical_declaration", "variable_declaration"):
        names = (one.child_by_field_name("name") for one in node.named_children)
        cut = [source.cut(one) for one in names if one is not None]
        return [Export(name=one, local=one) for one in cut]
    name = node if node.type == "identifier" else node.child_by_field_name("name")
    own = source.of(name) if name is not None else ""
    if is_default:
        return [Export(name="default", local=own or "default")]
    return [Export(name=own, local=own)] if own else []
