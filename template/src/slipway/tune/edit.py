"""The edit of model.py: the parameters of the best trial in place of those that stand there."""

import ast
import difflib
from itertools import accumulate

from .. import project
from ..errors import ProjectError
from ..families import Parameters
from ..files import write_bytes
from ..release import git
from ..settings import settings
from .trials import Trial

NAME = "MODEL"
INDENT = "    "
Place = tuple[int, int]  # a line, from 1 on, and the bytes before it there
NEXT = "Judge it as any other change: `make train`, then `make gate`."


def write(trial: Trial, commit: bool) -> None:
    """Write a trial's parameters to model.py, show the difference, and commit it if asked.

    Raises:
        ProjectError: model.py does not name its parameters, or a commit would hold other changes.
    """
    path = f"src/{project.project().package}/model.py"
    file = settings().project_root / path
    before = file.read_text("utf-8")
    after = edited(before, trial.parameters, path)
    if commit:
        _require_own(path, trial.parameters, after)
    shown = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), path, path
    )
    print("".join(shown) or f"{path} holds the best parameters already.\n")
    write_bytes(file, after.encode())
    if commit and git.committed_text(path) != after:
        git.commit_file(path, after, f"feat(model): parameters of trial {trial.number}")
        print(f"Committed. {NEXT}")
    elif not commit:
        print(f"Written, not committed (COMMIT=yes does). {NEXT}")


def _require_own(path: str, parameters: Parameters, after: str) -> None:
    """Refuse a commit that would hold more than the parameters."""
    git.require_branch_and_author()
    committed = git.committed_text(path)
    if after not in (committed, edited(committed, parameters, path)):
        raise ProjectError(
            f"{path} has other changes that are not committed: commit or restore them, and run "
            "the same command again."
        )


def edited(text: str, parameters: Parameters, path: str) -> str:
    """Return the source of model.py with these parameters; all else stays as it is.

    Raises:
        ProjectError: It does not say MODEL = Family(name=value, ...).
    """
    call = _call(text)
    named = {} if call is None else {word.arg or "**": word.value for word in call.keywords}
    plain = all(_is_plain(named[name]) for name in parameters if name in named)
    if call is None or "**" in named or not plain:
        words = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        raise ProjectError(
            f"{path} does not say {NAME} = Family(name=value, ...), so it cannot be edited: "
            f"write these parameters there yourself: {words}."
        )
    missing = {name: value for name, value in parameters.items() if name not in named}
    if missing and (call.lineno == call.end_lineno or not (call.args or call.keywords)):
        lines = _in_lines(text, call, parameters)
        return _replaced(text, [(_start(call), _end(call), lines)])
    changes = [
        (_start(value), _end(value), repr(parameters[name]))
        for name, value in named.items()
        if name in parameters
    ]
    if missing:
        arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        last = max(_end(node) for node in arguments)
        lines = "".join(f",\n{INDENT}{name}={value!r}" for name, value in missing.items())
        changes.append((last, last, lines))
    return _replaced(text, changes)


def _is_plain(node: ast.expr) -> bool:
    """Tell whether a value is a literal, such as 0.1 or -1."""
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _call(text: str) -> ast.Call | None:
    """Return the call whose result is MODEL."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if [target.id for target in targets if isinstance(target, ast.Name)] == [NAME]:
                return node.value
    return None


def _in_lines(text: str, call: ast.Call, parameters: Parameters) -> str:
    """Return a call of one line with these parameters, an argument a line."""
    kept = [ast.get_source_segment(text, node) or "" for node in call.args]
    words = {word.arg: ast.get_source_segment(text, word.value) for word in call.keywords}
    words |= {name: repr(value) for name, value in parameters.items()}
    lines = [*kept, *(f"{name}={value}" for name, value in words.items())]
    body = "".join(f"{INDENT}{line},\n" for line in lines)
    return f"{ast.get_source_segment(text, call.func)}(\n{body})"


def _start(node: ast.expr) -> Place:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.keyword) -> Place:
    return node.end_lineno or 0, node.end_col_offset or 0


def _replaced(text: str, changes: list[tuple[Place, Place, str]]) -> str:
    """Return a source with what stands between some places replaced."""
    source = text.encode()
    lengths = (len(line) for line in source.splitlines(keepends=True))
    before = list(accumulate(lengths, initial=0))
    for start, end, new in sorted(changes, reverse=True):
        first, last = (before[line - 1] + column for line, column in (start, end))
        source = source[:first] + new.encode() + source[last:]
    return source.decode()
