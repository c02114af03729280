"""What happened: trainings, releases, incidents with their open actions, and the cost."""

from html import escape

from ..html import sentence
from .facts import Facts, Judged
from .table import table


def gate(facts: Facts) -> str:
    """Return what was trained, and what the gate said of it."""
    judged = list(reversed(facts.versions))
    rows = [
        (f"v{it.version.number}", f"{it.at:%Y-%m-%d}", it.version.as_of, _said(it)) for it in judged
    ]
    refused = [number for number, it in enumerate(judged) if it.report and not it.report.passed]
    told = table(("model", "registered", "data as of", "the gate"), rows, refused) if rows else ""
    return _part(facts, "versions", "Trainings and the gate", told, "Nothing was trained yet.")


def _said(it: Judged) -> str:
    return sentence(it.report.sentence) if it.report else "Not asked."


def releases(facts: Facts) -> str:
    """Return what was promoted and taken back."""
    rows = [
        (f"{event.at:%Y-%m-%d %H:%M}", event.known.removeprefix("Git, "), event.what)
        for event in reversed(facts.releases)
    ]
    told = table(("time (UTC)", "commit", "release"), rows) if rows else ""
    title = f"Releases to {facts.environment}"
    return _part(facts, "releases", title, told, "Nothing was released yet.")


def incidents(facts: Facts) -> str:
    """Return the post-mortems, and each action that is not struck out."""
    today = facts.now.date()
    opened = [(it, action) for it in facts.incidents for action in it.open]
    rows = [
        (it.title, action.what, action.owner or "nobody", action.until or "no day")
        for it, action in opened
    ]
    overdue = [number for number, (_, action) in enumerate(opened) if action.overdue(today)]
    count = len(facts.incidents)
    words = "1 post-mortem" if count == 1 else f"{count} post-mortems"
    told = f"<p>{words} in docs/post-mortems, every action done.</p>" if count else ""
    if rows:
        head = ("incident", "action still open", "owner", "by when")
        told = f'<p class="soft">{words}; what is overdue is red.</p>\n{table(head, rows, overdue)}'
    return _part(facts, "incidents", "Incidents", told, "No post-mortem was written.")


def cost(facts: Facts) -> str:
    """Return what the pods cost, where a cluster was asked."""
    if not facts.cost and "cost" not in facts.lacks:
        return ""
    text = escape("\n".join(facts.cost))
    return _part(facts, "cost", "Cost", f"<pre>{text}</pre>" if text else "", "")


def _part(facts: Facts, part: str, title: str, told: str, nothing: str) -> str:
    """Return a part of the page: what is told, or why there is nothing to tell."""
    why = facts.lacks.get(part)
    missing = f"Not known: {why}" if why else nothing
    return f"<h2>{escape(title)}</h2>\n{told or f'<p>{escape(missing)}</p>'}"
