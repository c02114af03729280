"""The search: on the same rows the same trials, whoever interrupts it, and only better ones win."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from parcels.model import MODEL
from slipway import cli, command, tune
from slipway.errors import ProjectError
from slipway.families.boosting import Boosting
from slipway.families.space import Choice, Range, Space, check
from slipway.registry import tracking
from slipway.training_data.columns import read_columns
from slipway.tune import folds, judging, search
from slipway.tune.trials import Trial

from .conftest import load
from .kit import forget, logged

AS_OF = "2024-05-01"


def run(*words: str) -> int:
    return cli.main(["tune", "--as-of", AS_OF, *words])


def model(root: Path) -> str:
    return (root / "src" / "parcels" / "model.py").read_text()


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("trial ") and " of " in line]


def test_the_best_trial_is_written_to_model_py_and_nothing_is_committed(
    product: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = model(product)
    assert run("--trials", "3") == 0
    told = capsys.readouterr().out
    assert len(lines(told)) == 3
    assert "-    num_leaves=2,\n" in told
    assert model(product) != before
    changed = command.output(["git", "status", "--porcelain"], product)
    assert changed == " M src/parcels/model.py\n"


def test_trials_are_runs_below_the_run_of_the_search(product: Path) -> None:
    assert run("--trials", "2") == 0
    runs = logged()
    (whole,) = (one for one in runs if "trial" not in one.data.tags)
    trials = {one.data.tags["trial"]: one for one in runs if "trial" in one.data.tags}
    assert sorted(trials) == ["1", "2"]
    for one in trials.values():
        assert one.data.tags["mlflow.parentRunId"] == whole.info.run_id
        assert one.data.params.keys() == {"num_leaves", "learning_rate", "boosting"}
        assert one.data.metrics["auc"] == pytest.approx(
            sum(one.data.metrics[f"fold_{fold}"] for fold in (1, 2, 3)) / 3
        )


def test_an_interrupted_search_goes_on_and_ends_where_a_whole_one_does(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--trials", "12") == 0
    whole, written = lines(capsys.readouterr().out), model(product)
    command.output(["git", "checkout", "--quiet", "."], product)
    forget(logged())
    fit, calls = Boosting.fit, iter(range(1000))

    def interrupted(*given: Any) -> str:
        if next(calls) == 3 * 5 + 1:  # the parameters of model.py and four trials, three fits each
            raise KeyboardInterrupt
        return fit(*given)

    with monkeypatch.context() as patch:
        patch.setattr(Boosting, "fit", interrupted)
        assert run("--trials", "12") == 130
    first = lines(capsys.readouterr().out)
    assert run("--trials", "12") == 0
    assert [*first, *lines(capsys.readouterr().out)] == whole
    assert len(first) == 4
    assert model(product) == written
    assert len(logged()) == 1 + 12


def test_an_attempt_that_was_cut_off_is_replaced(product: Path) -> None:
    assert run("--trials", "1") == 0
    (whole,) = (one for one in logged() if "trial" not in one.data.tags)
    tags = {"search": whole.data.tags["search"], "trial": "2"}
    with tracking.client() as client:  # as a process that was killed leaves it
        half = client.create_run(whole.info.experiment_id, tags=tags)
    assert run("--trials", "2") == 0
    runs = logged()
    assert {one.data.tags.get("trial") for one in runs} == {None, "1", "2"}
    assert half.info.run_id not in {one.info.run_id for one in runs}
    assert {one.info.status for one in runs} == {"FINISHED"}


def test_a_second_search_in_the_same_checkout_is_refused(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fit, codes = Boosting.fit, list[int]()

    def beside(*given: Any) -> str:
        if not codes:
            codes.append(run("--trials", "2"))
        return fit(*given)

    monkeypatch.setattr(Boosting, "fit", beside)
    assert run("--trials", "1") == 0
    assert codes == [1]
    assert "Another `make tune` is at work in this checkout" in capsys.readouterr().err
    assert len(logged()) == 1 + 1


def test_a_search_that_has_its_trials_can_be_committed_without_new_ones(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--trials", "3") == 0
    load(product, monkeypatch)
    capsys.readouterr()
    assert run("--trials", "3", "--commit") == 0
    assert lines(capsys.readouterr().out) == []
    assert command.output(["git", "status", "--porcelain"], product) == ""
    subject = command.output(["git", "log", "-1", "--format=%s"], product)
    assert subject.startswith("feat(model): parameters of trial ")


def test_a_commit_would_hold_no_other_change_of_model_py(
    product: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (product / "src" / "parcels" / "model.py").write_text(f"# mine\n{model(product)}")
    assert run("--trials", "2", "--commit") == 1
    assert "model.py has other changes that are not committed" in capsys.readouterr().err
    assert model(product).startswith("# mine\n")
    assert "num_leaves=2,\n" in model(product)


def test_where_no_trial_is_better_model_py_stays(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tune, "better", lambda trial, other: False)
    before = model(product)
    assert run("--trials", "1", "--commit") == 0
    assert "No trial was better" in capsys.readouterr().out
    assert model(product) == before


def test_parameters_that_cannot_be_fitted_are_a_trial_that_says_why(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    family = Boosting(space={"min_child_samples": Range(90_000, 90_001)}, num_iterations=2)
    monkeypatch.setattr("parcels.model.MODEL", family)
    assert run("--trials", "2") == 0
    told = lines(capsys.readouterr().out)
    assert len(told) == 2
    assert "cannot be fitted: The model learned nothing" in told[0]


def test_the_gate_s_rows_are_never_read(product: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(path: Path) -> Any:
        read.append(path.name)
        return read_columns(path)

    monkeypatch.setattr("slipway.tune.folds.read_columns", reading)
    assert run("--trials", "1") == 0
    assert read == ["train.parquet"]


def test_the_next_parameters_depend_on_the_trials_before_alone() -> None:
    space: Space = {
        "leaves": Range(2, 64, log=True),
        "rate": Range(0.01, 1.0),
        "kind": Choice(("a", "b")),
    }
    trials: list[Trial] = []
    for number in range(1, 16):
        parameters = search.propose(space, trials, number)
        assert parameters == search.propose(space, reversed(trials), number)
        assert parameters != search.propose(space, trials, number + 1)
        leaves, rate = parameters["leaves"], parameters["rate"]
        assert isinstance(leaves, int)
        assert 2 <= leaves <= 64
        assert isinstance(rate, float)
        assert 0.01 <= rate <= 1
        assert rate == float(f"{rate:.4g}")
        assert parameters["kind"] in ("a", "b")
        folds_of = [] if number % 5 == 0 else [rate]
        trials.append(Trial(number, parameters, folds_of))


def test_the_search_finds_better_parameters_than_chance() -> None:
    space: Space = {"x": Range(0.0, 1.0), "y": Range(0.0, 1.0)}
    trials: list[Trial] = []
    for number in range(1, 41):
        parameters = search.propose(space, trials, number)
        miss = sum((float(value) - 0.3) ** 2 for value in parameters.values())
        trials.append(Trial(number, parameters, [1 - miss]))
    early, late = (sum(one.quality for one in part) for part in (trials[:10], trials[-10:]))
    assert late > early


def test_a_family_without_a_space_is_one_sentence() -> None:
    with pytest.raises(ProjectError, match=r"Boosting in model\.py has no space to search"):
        judging.searchable(Boosting(space={}))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (Range(5, 2), "5 is above 2"),
        (Range(0, 1.0, log=True), "begin above 0, not at 0"),
        (Range(0, float("inf")), "has no end"),
        (Range(float("nan"), 1), "has no end"),
        (Choice(()), "it has no values"),
    ],
)
def test_a_space_without_values_is_one_sentence(values: Range | Choice, reason: str) -> None:
    with pytest.raises(ProjectError, match=f"cannot try speed: .*{reason}"):
        check({"speed": values})


@pytest.mark.parametrize("trials", ["0", "-1", "many", "1.5", "", "1000000"])
def test_a_number_of_trials_that_is_none_is_one_sentence(
    trials: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["tune", f"--trials={trials}"]) == 1
    assert f"{trials!r} is no count" in capsys.readouterr().err


def test_a_day_without_data_is_one_sentence(
    product: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["tune", "--as-of", "2023-01-01"]) == 1
    assert "The source has no rows" in capsys.readouterr().err


def test_parameters_outside_of_what_the_family_takes_are_one_sentence() -> None:
    family = MODEL.tuned({"learning_rate": -1.0})
    assert family.parameters["learning_rate"] == -1.0
    made, _ = folds.prepare(date(2024, 5, 1))
    with pytest.raises(ProjectError, match="LightGBM refuses"):
        judging.judge(family, made)
