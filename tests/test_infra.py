"""The OpenTofu modules are what their providers take: held against the providers' own schemas."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import infra, provider_schemas
from tests.kit.project import Renderer
from tests.kit.provider_schemas import Schema

Count = Callable[[str, int, int], None]
CLOUDS = ["aws", "azure", "gcp"]
SKIP = re.compile(r"#checkov:skip=(.*)")
DEFECTS = [
    ("aws", "main.tf", "  node_role_arn   =", "  node_rol_arn    =", "node_rol_arn is not known"),
    ("aws", "main.tf", '  service_code = "ec2"\n', "", "lacks service_code"),
    ("aws", "main.tf", "    min_size     = 3\n", "", "scaling_config lacks min_size"),
    ("aws", "main.tf", "ON_DEMAND", "SPOTTY", "SPOTTY is none of"),
    ("aws", "main.tf", '= ["m7i.xlarge"]', '= "m7i.xlarge"', "is no list"),
    ("aws", "outputs.tf", "node.name", "nodes.name", "nothing declares aws_iam_role.nodes"),
    ("aws", "outputs.tf", "interruption.name", "interruption.title", "has no title"),
    (
        "azure",
        "main.tf",
        "oidc_issuer_enabled ",
        "enable_oidc_issuer  ",
        "oidc_issuer is not known",
    ),
    ("azure", "main.tf", "  network_profile {", "  network_profiles {", "network_profiles is not"),
    ("azure", "main.tf", "= 110", '= "many"', "'many' is no number"),
    (
        "gcp",
        "main.tf",
        "    spot            =",
        "    preemptable     =",
        "preemptable is not known",
    ),
    ("gcp", "main.tf", "    enabled = true\n", '    enabled = "yes"\n', "'yes' is no bool"),
    (
        "gcp",
        "main.tf",
        "      maximum       = 1000\n",
        "      most          = 1\n",
        "most is not known",
    ),
    (
        "gcp",
        "main.tf",
        "      content {\n        cidr",
        "      content {\n        cird",
        "cird_block",
    ),
    ("gcp", "variables.tf", 'variable "gpus"', 'variable "gpu"', "nothing declares var.gpus"),
]


@pytest.fixture(scope="module")
def known(render: Renderer) -> dict[str, Schema]:
    """The schemas of all resources that the modules use."""
    used = [infra.kinds(render({"cloud": name}).path / "infra" / name) for name in CLOUDS]
    return provider_schemas.schemas(set().union(*used))


@pytest.mark.parametrize("name", CLOUDS)
def test_a_module_is_what_its_provider_takes(
    name: str, render: Renderer, known: dict[str, Schema], count: Count
) -> None:
    findings = infra.judge(render({"cloud": name}).path / "infra" / name, known)
    count(f"arguments, blocks and references ({name})", findings.checked, 200)
    assert findings.problems == []


@pytest.mark.parametrize(("name", "file", "old", "new", "expected"), DEFECTS)
def test_a_planted_mistake_is_found(
    name: str,
    file: str,
    old: str,
    new: str,
    expected: str,
    render: Renderer,
    known: dict[str, Schema],
    tmp_path: Path,
) -> None:
    module = tmp_path / name
    shutil.copytree(render({"cloud": name}).path / "infra" / name, module)
    text = (module / file).read_text("utf-8")
    assert old in text
    (module / file).write_text(text.replace(old, new, 1), "utf-8")
    assert any(expected in problem for problem in infra.judge(module, known).problems)


@pytest.mark.parametrize("name", CLOUDS)
def test_checkov_has_nothing_against_a_module(
    name: str, render: Renderer, tmp_path: Path, count: Count
) -> None:
    shutil.copytree(render({"cloud": name}).path / "infra" / name, tmp_path / name)
    command = [sys.executable, "-m", "checkov.main", "--directory", str(tmp_path / name)]
    command += ["--framework", "terraform", "--compact", "--quiet", "--output", "json"]
    done = subprocess.run([*command, "--skip-download"], capture_output=True, text=True)
    report = json.loads(done.stdout)
    failed = [f"{c['check_id']} {c['check_name']}" for c in report["results"]["failed_checks"]]
    count(f"checkov ({name})", report["summary"]["passed"] + len(failed), 10)
    assert failed == []


@pytest.mark.parametrize("name", CLOUDS)
def test_what_checkov_skips_has_a_reason_and_an_owner(name: str, render: Renderer) -> None:
    text = (render({"cloud": name}).path / f"infra/{name}/main.tf").read_text("utf-8")
    skipped = SKIP.findall(text)
    assert 1 <= len(skipped) <= 6
    for why in skipped:
        assert re.fullmatch(r"CKV_\w+: .{20,} \([a-z]+\)", why), why
