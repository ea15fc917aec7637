"""Pure: which plots a run of a kind has, and which of its metrics each of them shows."""

from typing import Final, NamedTuple

from dashboard.palette import GREY, REFERENCE, SERIES, VERDICT_COLOURS
from dashboard.training_series import Logged

Points = list[tuple[int, float]]


class Curve(NamedTuple):
    """A metric in a plot: how it is called there, its kind, its names in the log, its colour.

    Of several names the first that was logged holds.
    """

    label: str
    kind: str
    names: tuple[str, ...]
    colour: str = REFERENCE


class Plot(NamedTuple):
    """A plot.

    Attributes:
        title: above it, and its name as a file.
        curves: what is in it.
        format: of its values, as d3 has it.
        always: drawn also while nothing of it was logged, so that nothing moves when it is.
    """

    title: str
    curves: tuple[Curve, ...]
    format: str = "~g"
    always: bool = True


VALIDATION_COLOUR: Final = SERIES[1]
LOSS: Final = Plot(
    "Loss",
    (
        Curve("training", "train", ("loss",)),
        Curve("validation", "validation", ("eval_loss",), VALIDATION_COLOUR),
    ),
)
_SPEED: Final = (
    Plot("Tokens a second", (Curve("over all devices", "train", ("tokens_per_second",)),), "~s"),
    Plot("Learning rate", (Curve("learning rate", "train", ("learning_rate",)),), ".1~e"),
    Plot("Norm of the gradient", (Curve("before clipping", "train", ("grad_norm",)),)),
)
_UTILISATION: Final = Plot(
    "Share of the devices' peak (MFU)", (Curve("MFU", "train", ("mfu",)),), "~%", always=False
)
SFT: Final = (
    LOSS,
    Plot(
        "Next token right",
        (
            Curve("training", "train", ("mean_token_accuracy",)),
            Curve("validation", "validation", ("eval_mean_token_accuracy",), VALIDATION_COLOUR),
        ),
        "~%",
    ),
    *_SPEED,
    Plot("Entropy", (Curve("of the next token", "train", ("entropy",)),)),
    _UTILISATION,
)
GRPO: Final = (
    Plot("Reward", (Curve("mean of the batch", "train", ("reward",)),)),
    Plot("Accuracy", (Curve("right answers", "train", ("reward/correct",)),), "~%"),
    Plot(
        "Length in tokens",
        (
            Curve("right answers", "train", ("reward/length_right",), VERDICT_COLOURS["teachable"]),
            Curve("wrong answers", "train", ("reward/length_wrong",), VERDICT_COLOURS["hard"]),
        ),
        "~s",
    ),
    Plot("Entropy", (Curve("of the policy", "train", ("entropy",)),)),
    Plot(
        "Rewards overridden",
        (
            Curve("clipped", "train", ("reward/clipped",)),
            Curve("repetition clamped", "train", ("reward/floored",), SERIES[1]),
            Curve("malformed", "train", ("reward/malformed",), SERIES[5]),
            Curve("cut off", "train", ("reward/cut_off",), GREY),
        ),
        "~%",
    ),
    Plot(
        "Groups without variance",
        (
            Curve(
                "teach nothing",
                "train",
                ("reward/groups_without_variance", "frac_reward_zero_std"),
            ),
        ),
        "~%",
    ),
    Plot("Distance from the reference (KL)", (Curve("KL", "train", ("kl",)),)),
    LOSS._replace(curves=LOSS.curves[:1]),
    *_SPEED,
    _UTILISATION,
)
PLOTS: Final = {"sft": SFT, "grpo": GRPO}
# What runs are compared by.
COMPARED: Final = {
    "Loss": Curve("loss", "train", ("loss",)),
    "Validation loss": Curve("validation loss", "validation", ("eval_loss",)),
    "Reward": Curve("reward", "train", ("reward",)),
    "Accuracy": Curve("accuracy", "train", ("reward/correct",)),
}


def plots_of(kind: str, logged: Logged) -> list[Plot]:
    """The plots of a run: those of its kind, and what its metrics say of GPUs."""
    wanted = [
        plot
        for plot in PLOTS[kind]
        if plot.always or any(points_of(curve, logged) for curve in plot.curves)
    ]
    gpu = [name for name in logged.names("train") if name.startswith("gpu")]
    return wanted + [_of_gpu(name) for name in gpu]


def points_of(curve: Curve, logged: Logged) -> Points:
    """What was logged of it."""
    found = (logged.series(curve.kind, name) for name in curve.names)
    return next((points for points in found if points), [])


def others(kind: str, logged: Logged) -> list[str]:
    """Logged names that no plot of the kind shows."""
    shown = {name for plot in plots_of(kind, logged) for c in plot.curves for name in c.names}
    return [name for name in logged.names("train") if name not in shown]


def _of_gpu(name: str) -> Plot:
    words = name.replace("/", " ").replace("_", " ")
    label = words.removeprefix("gpu").strip()
    form = "~%" if "util" in name or "share" in name else "~g"
    return Plot(f"GPU: {label}", (Curve(label, "train", (name,)),), form, always=False)
