"""`seedbed demo`: real seeds, scored by a real model on this machine."""

import os
import time
from typing import Annotated, Any, Final

import typer

from backend.cli.client import Api, say
from backend.cli.demo_seeds import SOURCE, demo_seeds
from backend.embedded.home import home_folder, read_environment

MODEL: Final = "smollm2-135m-instruct"
FIRST_VERDICTS: Final = 5
PATIENCE_SECONDS: Final = 300
# About 50 tokens a second, read or written, is what two busy processors do: answers are short, four
# come from one reading of the prompt, and the judge keeps a slot in which the rubric stays read.
SHORT: Final = {"temperature": 0.8, "max_tokens": 24, "template": "answer_only"}
RATING: Final = {"temperature": 0.2, "max_tokens": 64}
# The first one is short, and this model would not do better by a longer one.
RUBRIC: Final = "1"
ROLES: Final = {
    "weak": {"sampling": SHORT, "samples_per_request": 4, "max_in_flight": 1},
    "reference": {"sampling": SHORT, "samples_per_request": 4, "max_in_flight": 1},
    "judge": {"sampling": RATING, "max_in_flight": 1},
}
# At most: fewer where the verdict is settled before, or another answer is not worth its price.
REFERENCE_SAMPLES: Final = 4
WEAK_SAMPLES: Final = 12
CALIBRATION_SEEDS: Final = 6


def demo(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing where there are seeds already.")
    ] = False,
) -> None:
    """Push about 60 puzzles and have the local model score them.

    The model is weak, and makes a poor reference and judge too: expect suspect keys.
    """
    api = Api()
    if if_empty and api.get("/v1/seeds", limit=1)["items"]:
        say("There are seeds already: no demo.")
        return
    counts = api.post("/v1/seeds:bulk?label=demo&results=none", demo_seeds())
    say(f"{counts['created']} seeds are new, of source “{SOURCE}”.")
    url = _model_url()
    if url is None:
        say("There is no local model (SEEDBED_LOCAL_MODEL_URL is not set): they are not scored.")
        return
    endpoints = {role: _endpoint(api, role, url) for role in ROLES}
    run = api.post(
        "/v1/runs",
        {
            "name": "demo",
            "filter": {"source": SOURCE},
            "weak_endpoint_ids": [endpoints["weak"]],
            "reference_endpoint_id": endpoints["reference"],
            "judge_endpoint_ids": [endpoints["judge"]],
            "rubric_version": RUBRIC,
            "weak_samples": WEAK_SAMPLES,
            "reference_samples": REFERENCE_SAMPLES,
            "calibration_seeds": CALIBRATION_SEEDS,
        },
    )
    _show_progress(api, run["id"])


def _model_url() -> str | None:
    variable = "SEEDBED_LOCAL_MODEL_URL"
    return os.environ.get(variable) or read_environment(home_folder()).get(variable)


def _endpoint(api: Api, role: str, url: str) -> int:
    """The local model in a role: registered once, its address kept current."""
    name = f"SmolLM2 135M ({role})"
    for endpoint in api.get("/v1/endpoints", limit=1000)["items"]:
        if endpoint["name"] == name:
            if endpoint["base_url"] != url:
                api.send("PATCH", f"/v1/endpoints/{endpoint['id']}", json={"base_url": url})
            return int(endpoint["id"])
    body: dict[str, Any] = {"name": name, "base_url": url, "model": MODEL, "role": role}
    return int(api.post("/v1/endpoints", body | ROLES[role])["id"])


def _show_progress(api: Api, run_id: int) -> None:
    """Until the first verdicts are there; the run goes on without us."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("first verdicts", total=FIRST_VERDICTS)
        while time.monotonic() < deadline:
            run = api.get(f"/v1/runs/{run_id}")
            progress.update(task, completed=min(run["seeds_scored"], FIRST_VERDICTS))
            if run["seeds_scored"] >= FIRST_VERDICTS or run["state"] != "running":
                break
            time.sleep(0.5)
    say(f"Run {run_id}: {run['seeds_scored']} of {run['seeds_total']} seeds have a verdict.")
    if run["note"]:
        say(f"It is {run['state']}: {run['note']}")
