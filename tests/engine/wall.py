"""The rules of the wall between engine and project: each returns who breaks it, and how."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.engine.reading import ENGINE, circle, functions, imports, literals, modules, needed

JINJA = re.compile(r"#\{|#%|#\|")  # what begins one; what ends one says nothing alone
EXAMPLES = re.compile(
    r"flight|carrier|airline|airport|departure|tailnum|\b(JFK|LGA|EWR)\b"
    r"|parcel|depot|\b(BER|HAM|MUC)\b",
    re.IGNORECASE,
)
OPTIONAL = {"torch"}  # what only some projects have
WIRING = {"scoring/cluster.py", "training/local.py", "training/manifests.py"}  # know pipelines/
FINDERS = {"project.py", "tasks/__init__.py"}  # find the user's package, and a task of its own
PROGRAMS = re.compile(r"subprocess\.(?!Timeout|Completed|PIPE)\w+|os\.(exec|spawn|popen|system)\w*")
STARTERS = {
    "command.py": {"subprocess.run"},
    "demo/traffic.py": {"subprocess.Popen"},
    "clusters/connect.py": {"subprocess.Popen"},
    "release/serving.py": {"os.execve"},
}
ENVIRONMENT = re.compile(r"\b(dev|staging|prod)\b")
FUNCTION_LINES, MODULE_LINES = 30, 200


def jinja_tags(root: Path) -> list[str]:
    """The engine is plain Python: Copier never changes a byte of it."""
    return [f"{file}: {tag}" for file, text in _texts(root) for tag in JINJA.findall(text)]


def words_of_an_example(root: Path) -> list[str]:
    """The engine knows no product, in comments neither."""
    return [f"{file}: {it[0]}" for file, text in _texts(root) for it in EXAMPLES.finditer(text)]


def foreign_imports(root: Path) -> list[str]:
    """The engine imports itself, Python's library and what is installed; nothing of the user's."""
    installed = {ENGINE, *sys.stdlib_module_names, *packages_distributions(), *OPTIONAL}
    return [
        f"{module.file} imports {target}"
        for module in modules(root).values()
        for target, _ in imports(module, everywhere=True)
        if (top := target.partition(".")[0]) not in installed
        and not (top == "pipelines" and module.file in WIRING)
    ]


def finders(root: Path) -> list[str]:
    """Only two modules import what they are told by name."""
    return [
        f"{module.file}: {ast.unparse(node)}"
        for module in modules(root).values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("import_module", "find_spec", "__import__"))
        and not isinstance(node.args[0], ast.Constant)
        and module.file not in FINDERS
    ]


def import_circle(root: Path) -> list[str]:
    """No module needs itself.

    Imports under TYPE_CHECKING and inside functions do not count: they cannot close a circle when
    a module is imported.
    """
    known = modules(root)
    return circle({name: needed(module, known) for name, module in known.items()})


def imports_of_the_contract(root: Path) -> list[str]:
    """What is stored imports nothing of the engine but itself, inside functions neither."""
    place = f"{ENGINE}.contract"
    return [
        f"{module.file} imports {target}"
        for module in modules(root).values()
        if f"{module.name}.".startswith(f"{place}.")
        for target, _ in imports(module, everywhere=True)
        if target.partition(".")[0] == ENGINE and not f"{target}.".startswith(f"{place}.")
    ]


def digest_patterns(root: Path) -> list[str]:
    """What a digest looks like is written once."""
    return _patterns(root, "0123456789abcdef" * 4, "g" * 64, "contract/digest.py")


def month_patterns(root: Path) -> list[str]:
    """What a month looks like is written once."""
    return _patterns(root, "1987-06", "1987-66", "months.py")


def _patterns(root: Path, right: str, wrong: str, place: str) -> list[str]:
    """Return the files, other than `place`, with a text that is a pattern of `right` alone."""
    return [
        f"{module.file}: {text}"
        for module in modules(root).values()
        for text in literals(module.tree)
        if module.file != place and _matches(text, right) and not _matches(text, wrong)
    ]


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except (re.error, OverflowError):
        return False


def exceptions(root: Path) -> list[str]:
    """There is one exception that people are meant to read."""
    return [
        f"{module.file}: {node.name}"
        for module in modules(root).values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(re.search(r"(Error|Exception)$", ast.unparse(base)) for base in node.bases)
        and (module.file, node.name) != ("errors.py", "ProjectError")
    ]


def programs(root: Path) -> list[str]:
    """Other programs are run by one wrapper; three places need a process that it cannot give."""
    return [
        f"{module.file}: {what}"
        for module in modules(root).values()
        if not module.file.startswith("testing/")
        for what in (*_uses(module.tree), *_taken(module.tree))
        if what not in STARTERS.get(module.file, set())
    ]


def inherited_environments(root: Path) -> list[str]:
    """Whatever is started, it never sees which repository a Git hook runs in."""
    return [
        f"{module.file}: {text}"
        for module in modules(root).values()
        for text in _calls(module.tree)
        if PROGRAMS.match(text) and "outside_hooks(" not in text
    ]


def _uses(tree: ast.Module) -> list[str]:
    return [used[0] for text in _calls(tree) if (used := PROGRAMS.match(text))]


def _calls(tree: ast.Module) -> list[str]:
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _taken(tree: ast.Module) -> list[str]:
    return [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("subprocess", "os")
        for alias in node.names
        if PROGRAMS.match(name := f"{node.module}.{alias.name}")
    ]


def environments(root: Path) -> list[str]:
    """Which environments there are is the project's to say."""
    return [
        f"{module.file}: {text}"
        for module in modules(root).values()
        for text in literals(module.tree)
        if ENVIRONMENT.search(text)
    ]


def long_functions(root: Path) -> list[str]:
    """A function is seen at once."""
    return [
        f"{module.file}: {name} has {lines} lines"
        for module in modules(root).values()
        for name, lines in functions(module.tree)
        if lines > FUNCTION_LINES
    ]


def long_modules(root: Path) -> list[str]:
    """A module is about one thing."""
    return too_long(root, MODULE_LINES)


def too_long(root: Path, limit: int) -> list[str]:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in root.rglob("*.py")}
    return [f"{path.relative_to(root)}: {it}" for path, it in lengths.items() if it > limit]


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(root)), path.read_text("utf-8")
