"""The rounds of a fit with LightGBM, which can go on where an earlier process was ended."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import ProjectError
from .. import Checkpoint, Parameters
from .library import import_lightgbm

if TYPE_CHECKING:
    from lightgbm import Booster, Dataset

# With another value of these a fit draws rows, trees or roundings at random from a generator whose
# state the text of a booster does not hold: such a fit begins again.
RESUMED = (
    "[boosting: gbdt]",
    "[data_sample_strategy: bagging]",
    "[bagging_freq: 0]",
    "[use_quantized_grad: 0]",
)
TOLD_ROUNDS = 10  # the loss of all rows takes a third of the time of a round


def train(data: "Dataset", parameters: Parameters, checkpoint: Checkpoint | None) -> "Booster":
    """Fit the rounds that are missing from the state of the checkpoint.

    What is drawn in a round depends on `seed` and the number of the round alone, so that a fit
    that was interrupted draws the same.

    Raises:
        ProjectError: The seed or the number of rounds is no whole number.
        LightGBMError: LightGBM refuses the parameters.
    """
    lightgbm = import_lightgbm()
    state = checkpoint.state.decode() if checkpoint else ""
    before = lightgbm.Booster(model_str=state) if state else None
    done = before.current_iteration() if before else 0
    missing = _whole(parameters, "num_iterations") - done
    if before and not missing:
        return before
    first = _whole(parameters, "seed") + done
    callbacks = [_drawing(first)]
    if checkpoint:
        callbacks += [_telling(checkpoint), _keeping(checkpoint)]
    return lightgbm.train(
        {**parameters, "num_iterations": missing}, data, init_model=before, callbacks=callbacks
    )


def _whole(parameters: Parameters, name: str) -> int:
    value = parameters[name]
    if not isinstance(value, int):
        raise ProjectError(f"Correct {name} in model.py: {value!r} is no whole number.")
    return value


def _drawing(first: int) -> Callable[[Any], None]:
    """Return what LightGBM calls before each round, of the seeds of what is drawn in it."""
    seeds = import_lightgbm().reset_parameter(
        feature_fraction_seed=lambda number: first + number,
        extra_seed=lambda number: first + number,
    )

    def draw(round_: Any) -> None:
        data = round_.model.train_set
        # Without a feature that varies there is nothing to draw, and LightGBM takes no parameters.
        if any(data.feature_num_bin(column) for column in range(data.num_feature())):
            seeds(round_)

    draw.__dict__["before_iteration"] = True
    return draw


def _telling(checkpoint: Checkpoint) -> Callable[[Any], None]:
    """Return what LightGBM calls after each round: it shows how well the rows are learned."""

    def tell(round_: Any) -> None:
        done = round_.model.current_iteration()
        if done % TOLD_ROUNDS:
            return
        last = done + round_.end_iteration - round_.iteration - 1
        losses = {f"training_{name}": loss for _, name, loss, _ in round_.model.eval_train()}
        shown = [f"{name.replace('_', ' ')} {loss:.4f}" for name, loss in losses.items()]
        checkpoint.tell(done, losses, ", ".join([f"round {done} of {last}", *shown]))

    return tell


def _keeping(checkpoint: Checkpoint) -> Callable[[Any], None]:
    """Return what LightGBM calls after each round: it keeps the booster when that is due."""

    def keep(round_: Any) -> None:
        if checkpoint.due:
            text = round_.model.model_to_string()
            if all(setting in text for setting in RESUMED):
                checkpoint.keep(text.encode())

    return keep
