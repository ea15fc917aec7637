"""`seedbed train`: recipes, runs, checkpoints."""

from typing import Annotated, Any, Literal

import typer

from backend.cli.client import Api, fail, print_table, say, say_text
from backend.cli.training_words import (
    begins,
    follow_run,
    print_checkpoint,
    say_checks,
    say_run,
    shown,
)

app = typer.Typer(
    help="Train on exports: start, follow and cancel runs, list checkpoints.", no_args_is_help=True
)

Run = Annotated[int, typer.Argument(metavar="RUN", help="The run's number.")]
Export = Annotated[
    int, typer.Argument(metavar="EXPORT", help="The export's number; it may still be written.")
]
Template = Annotated[str, typer.Argument(metavar="RECIPE", help="As `train recipes` lists them.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="As in YAML: --set reward.longest=4096"),
]
FromCheckpoint = Annotated[
    int | None, typer.Option(help="Take this checkpoint's weights as the model.")
]
Where = Annotated[
    Literal["local", "hosts", "slurm", "kubernetes"], typer.Option(help="Where to train.")
]
Nodes = Annotated[int, typer.Option(help="Machines.")]
Devices = Annotated[int, typer.Option(help="GPUs on each, or processes where there are none.")]
Hostfile = Annotated[
    str | None, typer.Option(help="DeepSpeed's hostfile on the worker's machine, absolute.")
]
Hours = Annotated[int | None, typer.Option(help="Time limit of a Slurm job.")]
Image = Annotated[str | None, typer.Option(help="Image on Kubernetes.")]


@app.command()
def recipes(
    name: Annotated[str | None, typer.Argument(help="Show this one's fields.")] = None,
) -> None:
    """Recipes to begin with; of one, every field."""
    found = Api().get("/v1/training-recipes")
    if name is None:
        columns = ["name", "kind", "title"]
        print_table(columns, [[one[column] for column in columns] for one in found])
        return
    chosen = next((one for one in found if one["name"] == name), None)
    if chosen is None:
        fail(f"There is no recipe {name}.")
    rows = [
        [field["name"], shown(field["value"]), field["description"]]
        for field in chosen["fields"]
        if field["editable"]
    ]
    print_table(["field", "value", "what it is"], rows, wrapped="what it is")


@app.command()
def preflight(
    export: Export,
    recipe: Template,
    set_: Set = None,
    checkpoint: FromCheckpoint = None,
    where: Where = "local",
    nodes: Nodes = 1,
    devices: Devices = 1,
    hostfile: Hostfile = None,
    hours: Hours = None,
    image: Image = None,
) -> None:
    """Say what would keep a run from starting, and what it takes; nothing is started."""
    target = _target(where, nodes, devices, hostfile, hours, image)
    api = Api(timeout=120.0)
    plan = _plan(export, recipe, set_, checkpoint, target)
    checks = api.post("/v1/training-runs:preflight", plan)
    say_checks(checks)
    if not checks["ok"]:
        fail("The run would not start.")


@app.command()
def start(
    name: Annotated[str, typer.Argument(help="What to call the run.")],
    export: Export,
    recipe: Template,
    set_: Set = None,
    checkpoint: FromCheckpoint = None,
    where: Where = "local",
    nodes: Nodes = 1,
    devices: Devices = 1,
    hostfile: Hostfile = None,
    hours: Hours = None,
    image: Image = None,
    follow: Annotated[bool, typer.Option("--follow", help="Print what it logs.")] = False,
) -> None:
    """Train on an export, and print the run's number."""
    target = _target(where, nodes, devices, hostfile, hours, image)
    body = {"name": name, **_plan(export, recipe, set_, checkpoint, target)}
    api = Api()
    run = api.post("/v1/training-runs", body)
    typer.echo(run["id"])
    if follow:
        follow_run(api, run["id"])


@app.command("list")
def list_runs(
    export: Annotated[int | None, typer.Option(help="Only on this export.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """Training runs, newest first."""
    page = Api().get("/v1/training-runs", export_id=export, state=state, limit=limit)
    columns = ["id", "name", "kind", "export_id", "state", "step", "steps", "created_by"]
    rows = [
        [*(run[column] for column in columns), shown(_last(run)), run["note"]]
        for run in page["items"]
    ]
    print_table([*columns, "last", "note"], rows)


@app.command()
def show(run: Run) -> None:
    """How far a run is, what it waits for, or why it failed."""
    say_run(Api().get(f"/v1/training-runs/{run}"))


@app.command()
def follow(run: Run) -> None:
    """Print what a run logs until it is over. Ctrl-C leaves the run alone."""
    follow_run(Api(), run)


@app.command()
def log(
    run: Run,
    bytes_: Annotated[int, typer.Option("--bytes", min=4, max=2**20, help="At most.")] = 20_000,
) -> None:
    """The end of what a run printed."""
    part = Api().get(f"/v1/training-runs/{run}/log", limit=bytes_)
    say_text(f"bytes {part['start']:,} to {part['next']:,} of {part['size']:,}", part["text"])


@app.command()
def cancel(run: Run) -> None:
    """End a run with all its processes. Its files stay."""
    found = Api().post(f"/v1/training-runs/{run}:cancel")
    done = found["state"] == "cancelled"
    say(f"Run {run} is cancelled." if done else f"Run {run} is being ended.")


@app.command()
def resume(
    run: Run,
    host_is_gone: Annotated[
        bool, typer.Option("--host-is-gone", help="Its silent host is down for good.")
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Print what it logs.")] = False,
) -> None:
    """Go on with a run that failed or was cancelled, from its last checkpoint."""
    api = Api()
    gone = {"host_is_gone": host_is_gone}
    before = api.get(f"/v1/training-runs/{run}")
    found = api.send("POST", f"/v1/training-runs/{run}:resume", params=gone)
    where = "goes on" if host_is_gone else begins(before["resume_step"])
    say(f"Run {run}, attempt {found['attempt']}, {where}.")
    if follow:
        follow_run(api, run, after=api.get(f"/v1/training-runs/{run}/metrics", points=1)["next"])


@app.command()
def checkpoints(
    number: Annotated[int | None, typer.Argument(help="Show this one.")] = None,
    run: Annotated[int | None, typer.Option(help="Only of this run.")] = None,
    export: Annotated[int | None, typer.Option(help="Only of this export.")] = None,
    final: Annotated[bool, typer.Option("--final", help="Only models at the end.")] = False,
) -> None:
    """Checkpoints, newest first; of one, what made it."""
    api = Api()
    if number is not None:
        print_checkpoint(api.get(f"/v1/checkpoints/{number}"))
        return
    page = api.get("/v1/checkpoints", run_id=run, export_id=export, final=final, limit=1000)
    columns = ["id", "name", "run_id", "export_id", "step", "is_final", "is_there", "path"]
    print_table(columns, [[one[column] for column in columns] for one in page["items"]])


def _last(run: dict[str, Any]) -> dict[str, Any]:
    wanted = ("loss", "reward")
    return {name: value for name, value in run["latest"].get("train", {}).items() if name in wanted}


def _plan(
    export: int,
    recipe: str,
    given: list[str] | None,
    checkpoint: int | None,
    target: dict[str, Any],
) -> dict[str, Any]:
    chosen = {"template": recipe, "overrides": _overrides(given or [])}
    plan = {"export_id": export, "recipe": chosen, "target": target}
    return plan if checkpoint is None else {**plan, "checkpoint_id": checkpoint}


def _target(
    where: str, nodes: int, devices: int, hostfile: str | None, hours: int | None,
    image: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "where": where, "nodes": nodes, "devices": devices, "hostfile": hostfile, "hours": hours,
        "image": image,
    }  # fmt: skip


def _overrides(given: list[str]) -> dict[str, Any]:
    """`field=value` with the value as YAML has it; a dot leads into a part."""
    import yaml

    overrides: dict[str, Any] = {}
    for words in given:
        field, equals, text = words.partition("=")
        if not equals or not field:
            raise typer.BadParameter(f"{words} is not FIELD=VALUE", param_hint="--set")
        try:
            value = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:
            raise typer.BadParameter(f"{words}: not YAML", param_hint="--set") from error
        part, _, inner = field.partition(".")
        if inner:
            overrides.setdefault(part, {})[inner] = _number(value)
        else:
            overrides[part] = _number(value)
    return overrides


def _number(value: Any) -> Any:
    """YAML reads 1e-5 as a text: it wants 1.0e-5. People mean the number."""
    try:
        return float(value) if isinstance(value, str) and value[:1].isdigit() else value
    except ValueError:
        return value
