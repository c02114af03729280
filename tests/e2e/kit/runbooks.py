"""The commands of a runbook, run word for word as whoever is on call types them."""

import re

from hooks.template import load_yaml
from tests.e2e.kit.delivery import Delivered
from tests.kit.console import BLOCK

ENDLESS = " port-forward "  # goes on until somebody ends it
SECONDS = 5  # for which it goes on here


def follow(project: Delivered, page: str, section: str, environment: str) -> str:
    """Run every command of a section, and return what they print.

    Only the cluster and the environment are others than the page's: those that the alert names.

    Raises:
        HarnessError: A command has ended with another code than 0.
    """
    text = (project.path / page).read_text("utf-8")
    begin = "".join(assignments(text, environment))
    return project.run("bash", "-euc", begin + "".join(map(finite, commands(part(text, section)))))


def part(page: str, section: str) -> str:
    """Return a section of a page.

    Raises:
        AssertionError: The page has no such section.
    """
    found = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert found, f"there is no {section}"
    return found[1]


def commands(section: str) -> list[str]:
    """Return each command with the lines that belong to it."""
    blocks = [block for _, language, block in BLOCK.findall(section) if language == "console"]
    return [f"{one}\n" for block in blocks for one in re.split(r"^\$ ", block, flags=re.M) if one]


def assignments(page: str, environment: str) -> list[str]:
    """Return the variables that a page sets, with the cluster and the environment of the alert."""
    given = {"WHERE": "kind", "E": environment or "prod"}
    found = [line for line in commands(page) if re.match(r"[A-Z]=|WHERE=", line)]
    return [
        f"{name}={given[name]}\n" if (name := line.partition("=")[0]) in given else line
        for line in dict.fromkeys(found)
    ]


def finite(command: str) -> str:
    """Return a command that ends: without the variables, which are set, and with a limit."""
    if re.match(r"(E|WHERE)=", command):
        return ""
    if ENDLESS in command:
        return f"timeout --signal=INT {SECONDS} {command.strip()} || test $? -eq 124\n"
    return command


def of(project: Delivered) -> dict[str, str]:
    """Return the page of each alert, by the name of the alert."""
    found = {}
    for path in sorted(project.path.glob("components/**/alerts.yaml")):
        for group in load_yaml(path)["groups"]:
            for rule in group["rules"]:
                if address := rule.get("annotations", {}).get("runbook_url"):
                    found[rule["alert"]] = "components" + address.partition("/components")[2]
    return found
