"""`seedbed mixtures`: recipes as YAML, what they come to, and frozen versions."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from backend.cli.client import Api, answer_of, fail, follow, print_table, say
from backend.cli.mixture_names import mixture_called
from backend.cli.token_scale import token_scale

app = typer.Typer(
    help="Mix clusters of seeds by YAML recipes, and freeze versions.", no_args_is_help=True
)
app.command("token-scale")(token_scale)

Chosen = Annotated[str, typer.Argument(metavar="MIXTURE", help="Its name or number.")]
RecipeFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A recipe in YAML.", exists=True, dir_okay=False)
]
Version = Annotated[int, typer.Argument(metavar="VERSION", help="The version's own number (id).")]


@app.command("list")
def list_mixtures() -> None:
    """All mixtures, newest first."""
    columns = ["id", "name", "versions", "parent_id", "created_by", "updated_at"]
    print_table(columns, [[one[name] for name in columns] for one in Api().every("/v1/mixtures")])


@app.command()
def clusters() -> None:
    """Accepted seeds by domain and tier of quality."""
    found = Api().get("/v1/clusters")
    columns = ["domain", "tier", "seeds", "mean_quality", "by_hand"]
    print_table(columns, [[_shown(one[name]) for name in columns] for one in found["clusters"]])
    formula = found["formula"]
    weighed = " + ".join(f"{weight:.2f} {part}" for part, weight in formula["weights"].items())
    say(f"quality = {weighed}")
    say(f"high from {formula['high_from']:.2f}, medium from {formula['medium_from']:.2f}")


@app.command()
def recipe(mixture: Chosen) -> None:
    """Print a mixture's recipe as YAML."""
    api = Api()
    response = api.ask("GET", f"/v1/mixtures/{_number(api, mixture)}/recipe.yaml")
    if response.is_error:
        answer_of(response)
    typer.echo(response.text, nl=False)


@app.command()
def preview(file: RecipeFile) -> None:
    """Say what a recipe comes to now; nothing is stored."""
    api = Api()
    _show_figures(api.post("/v1/mixtures:preview", _recipe(api, file)))


@app.command()
def create(name: Annotated[str, typer.Argument(help="What to call it.")], file: RecipeFile) -> None:
    """Keep a recipe under a name."""
    api = Api()
    typer.echo(api.post("/v1/mixtures", {"name": name, "recipe": _recipe(api, file)})["id"])


@app.command()
def update(mixture: Chosen, file: RecipeFile) -> None:
    """Put another recipe in the place of a mixture's; its versions stay as they are."""
    api = Api()
    found = mixture_called(api, mixture)
    body = {"edition": found["edition"], "recipe": _recipe(api, file)}
    changed = api.send("PUT", f"/v1/mixtures/{found['id']}", json=body)
    say(f"{changed['name']} is at edition {changed['edition']}.")


@app.command()
def compose(
    name: Annotated[str, typer.Argument(help="What to call the whole.")],
    mixtures: Annotated[list[str], typer.Argument(help="Names or numbers, in this order.")],
) -> None:
    """Concatenate mixtures, say those of several domains."""
    api = Api()
    numbers = [_number(api, mixture) for mixture in mixtures]
    body = {"name": name, "mixture_ids": numbers}
    typer.echo(api.post("/v1/mixtures:compose", body)["id"])


@app.command()
def siblings(
    mixture: Chosen,
    change: Annotated[
        Literal["in_or_out", "up_and_down"], typer.Option(help="How to vary each cluster.")
    ] = "in_or_out",
    factor: Annotated[float, typer.Option(help="Up and down by this.")] = 2.0,
) -> None:
    """Make ablations: a mixture for each cluster that differs in that one alone."""
    api = Api()
    path = f"/v1/mixtures/{_number(api, mixture)}:siblings"
    made = api.post(path, {"change": change, "factor": factor})
    print_table(["id", "name"], [[one["id"], one["name"]] for one in made])


@app.command()
def freeze(mixture: Chosen) -> None:
    """Freeze a mixture as a version, wait for it, and print the version's number."""
    api = Api()
    version = api.post(f"/v1/mixtures/{_number(api, mixture)}:freeze")
    follow(api, api.get(f"/v1/jobs/{version['job_id']}"))
    version = api.get(f"/v1/mixture-versions/{version['id']}")
    say(f"Version {version['number']} of {version['mixture']}, hash {version['rows_hash']}.")
    say(f"What it came to: seedbed mixtures show {version['id']}")
    typer.echo(version["id"])


@app.command()
def versions(mixture: Chosen) -> None:
    """The versions of a mixture, newest first; `withdrawn` seeds must not be used any more."""
    api = Api()
    columns = ["id", "number", "state", "withdrawn", "rows_hash", "created_by", "frozen_at"]
    found = list(api.every(f"/v1/mixtures/{_number(api, mixture)}/versions"))
    print_table(columns, [[one[name] for name in columns] for one in found])


@app.command()
def show(version: Version) -> None:
    """What a version came to."""
    found = Api().get(f"/v1/mixture-versions/{version}")
    if found["figures"] is None:
        fail(f"Version {found['number']} of {found['mixture']} is {found['state']}.")
    _show_figures(found["figures"])
    say(f"Version {found['number']} of {found['mixture']}, hash {found['rows_hash']}.")
    if found["blocked"]:
        say(f"BLOCKED: {found['withdrawn']:,} of its seeds must not be used any more.")


@app.command()
def verify(version: Version) -> None:
    """Compute a version's hash again from the rows that are stored."""
    found = Api(timeout=600).get(f"/v1/mixture-versions/{version}:verify")
    if not found["same"]:
        fail(f"The rows have changed: their hash is {found['found']}, not {found['rows_hash']}.")
    say(f"{found['rows']:,} rows are as they were frozen.")


@app.command()
def compare(
    before: Version,
    after: Annotated[int, typer.Argument(help="The other version's number (id).")],
) -> None:
    """What came and went from one version to another, and why."""
    found = Api().get(f"/v1/mixture-versions/{before}:compare", after=after)
    for path, (was, is_now) in found["recipe"].items():
        say(f"{path}: {was} -> {is_now}")
    if found["same"]:
        say("They are the same, byte by byte.")
    columns = ["change", "why", "seeds"]
    print_table(columns, [[one[name] for name in columns] for one in found["counts"]])
    columns = ["seed_id", "change", "why", "before", "after"]
    print_table(columns, [[one[name] for name in columns] for one in found["differences"]])


def _recipe(api: Api, file: Path) -> Any:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}.")
    return api.post("/v1/mixtures:read-yaml", {"yaml": text})


def _number(api: Api, mixture: str) -> int:
    return int(mixture_called(api, mixture)["id"])


def _show_figures(figures: dict[str, Any]) -> None:
    columns = ["part", "domain", "tier", "asked", "epochs", "examples", "rows", "tokens", "share"]
    print_table(columns, [_cluster(one) for one in figures["clusters"]])
    for split in ("train", "validation"):
        sums = figures[split]
        say(f"{split}: {sums['seeds']:,} seeds, {sums['rows']:,} rows, {sums['tokens']:,} tokens")
    for one in figures["left_out"]:
        say(f"Left out: {one['seeds']:,} seeds ({one['reason'].replace('_', ' ')}).")
    for one in figures["warnings"]:
        say(f"Warning: {one['message']}")


def _cluster(one: dict[str, Any]) -> list[Any]:
    asked = "" if one["asked_epochs"] is None else f"{one['asked_epochs']:.3g}"
    return [
        one["part"], one["domain"] or "(none)", one["tier"], asked, f"{one['epochs']:.3g}",
        f"{one['examples']:,}", f"{one['rows']:,}", f"{one['tokens']:,}", f"{one['share']:.1%}",
    ]  # fmt: skip


def _shown(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.2f}"
    return "(none)" if value is None else value
