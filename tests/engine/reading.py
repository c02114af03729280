"""What the engine's source says: its modules, their names, imports, literals and functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ENGINE = "slipway"


@dataclass(frozen=True)
class Module:
    """One file of a package; `package` is what a relative import starts from."""

    name: str
    package: str
    file: str
    tree: ast.Module


def modules(root: Path) -> dict[str, Module]:
    """Return the modules of the package at `root` by name; the package is called as the engine."""
    read = {}
    for path in sorted(root.rglob("*.py")):
        file = path.relative_to(root)
        parts = [ENGINE, *file.with_suffix("").parts]
        package = ".".join(parts[:-1])
        name = package if file.name == "__init__.py" else ".".join(parts)
        read[name] = Module(name, package, str(file), ast.parse(path.read_text("utf-8")))
    return read


def imports(module: Module, everywhere: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of each import; the name is empty for `import module`.

    By default only what runs when the module is imported: not what stands in a function, and not
    what stands under TYPE_CHECKING, which no program ever runs.
    """
    for node in ast.walk(module.tree) if everywhere else _at_import(module.tree.body):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            target = _target(module, node)
            yield from ((target, alias.name) for alias in node.names)


def _at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _at_import(node.orelse)
            continue
        yield node
        for field in ("body", "orelse", "finalbody"):
            yield from _at_import(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _at_import(handler.body)


def _target(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def needed(module: Module, known: dict[str, Module]) -> set[str]:
    """Return the modules of the package that have to be imported before this one.

    `from . import x` needs the module x if there is one, else what the package defines. To import
    a.b is to import a first, unless this module is in a itself: then that has begun already.
    """
    begun = {module.name, *_parents(module.name)}
    names: set[str] = set()
    for target, name in imports(module):
        whole = f"{target}.{name}" if f"{target}.{name}" in known else target
        names |= {whole, *_parents(whole)} - begun
        if name and whole == target != module.name:
            names.add(target)
    return names & set(known)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle in their order, nothing when there is none."""
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in finished:
            return []
        for other in sorted(graph[name]):
            if closed := visit(other, [*path, name]):
                return closed
        finished.add(name)
        return []

    return next((closed for name in sorted(graph) if (closed := visit(name, []))), [])


def literals(tree: ast.Module) -> Iterator[str]:
    """Yield every text in the code that is no docstring, pieces of f-strings included."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, described) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docstrings:
            yield text


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield name and lines of every function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1
