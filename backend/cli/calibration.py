"""A run's calibration as tables on the terminal."""

from typing import Any

from backend.cli.client import print_table, say


def print_report(found: dict[str, Any]) -> None:
    """Figures, the reliability diagram and the model; a warning goes where people read it."""
    if found["warning"]:
        say(found["warning"])
    if found["reference"] is None:
        return
    figures = ("brier", "calibration_error", "auc", "log_loss", "agreement_weight")
    print_table(
        ["", ""],
        [
            ["reference", found["reference"]],
            ["gold seeds", found["gold_seeds"]],
            ["wrong keys", found["wrong_keys"]],
            *([name.replace("_", " "), _figure(found[name])] for name in figures),
        ],
    )
    if found["bins"]:
        columns = ("stated", "observed", "low", "high")
        rows = [[*(_figure(b[name]) for name in columns), b["size"]] for b in found["bins"]]
        print_table([*columns, "gold seeds"], rows)
    _print_model(found)


def _print_model(found: dict[str, Any]) -> None:
    print_table(
        ["equal votes", "key is right", "by the prior"],
        [
            [f"{v['equal']} of {v['of']}", _figure(v["reliability"]), _figure(v["by_prior"])]
            for v in found["votes"]
        ],
    )
    print_table(
        ["coefficient", "value", "prior", "what it weighs"],
        [
            [c["name"], _figure(c["value"]), _figure(c["prior"]), c["words"]]
            for c in found["coefficients"]
        ],
    )
    if found["domain_offsets"]:
        offsets = [[name, f"{offset:+.2f}"] for name, offset in found["domain_offsets"].items()]
        print_table(["domain", "log-odds"], offsets)
    print_table(
        ["weak model", "repeats a wrong key", "basis"],
        [
            [p["endpoint"], _figure(p["mean"]), "fitted" if p["fitted"] else "prior"]
            for p in found["wrong_key_priors"]
        ],
    )


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
