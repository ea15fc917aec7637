"""`seedbed duplicates`: near-duplicates among seeds."""

from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from backend.cli.client import Api, follow, print_table, say

app = typer.Typer(help="Find near-duplicates among seeds, keep one of each.", no_args_is_help=True)

_SHOWN_CHARACTERS: Final = 60
_EVERYTHING: Final = 1000

Group = Annotated[int, typer.Argument(metavar="GROUP", help="Its number, from the list.")]


@app.command()
def find() -> None:
    """Look at all seeds that were not looked at as they read now, and wait for it."""
    api = Api()
    job = follow(api, api.post("/v1/duplicates:find"))
    say(f"{job['done_count']:,} seeds were looked at.")
    _say_state(api.get("/v1/duplicates/search"))


@app.command("list")
def list_groups(
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Only groups that nobody has decided on.")
    ] = False,
    kind: Annotated[
        str | None, typer.Option(help="copies, or variants (the same words, other numbers).")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 50,
) -> None:
    """List groups."""
    api = Api()
    found: list[dict[str, Any]] = []
    after = None
    while len(found) < limit:
        page = api.get(
            "/v1/duplicates", kind=kind, undecided=True if undecided else None, after=after,
            limit=min(limit - len(found), _EVERYTHING),
        )  # fmt: skip
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    print_table(
        ["group", "kind", "seeds", "similarity", "undecided", "leader", "prompt"],
        [_row(group) for group in found],
    )
    _say_state(api.get("/v1/duplicates/search"))


@app.command()
def show(group: Group) -> None:
    """Show a group's seeds, and the words by which each differs from the leader."""
    found = Api().get(f"/v1/duplicates/{group}")
    rows = [[*_seed(found["leader"]), "", "", _start(found["leader_prompt"])]]
    for member in found["members"]:
        differs = "too long to mark" if member["changes"] is None else _words(member)
        rows.append(
            [
                *_seed(member["seed"]),
                f"{member['similarity']:.3f}",
                differs,
                _start(member["prompt"]),
            ]
        )
    print_table(
        ["seed", "status", "source", "licence", "domain", "similarity", "differs in", "prompt"],
        rows,
    )
    if found["members_left"]:
        say(f"{found['members_left']:,} more members are less similar.")
    if found["left_out"]:
        say(f"The group is full: {found['left_out']:,} more seeds were left out.")


@app.command()
def keep(
    group: Group, seed: Annotated[int, typer.Argument(metavar="SEED", help="The one to keep.")]
) -> None:
    """Keep one seed, which takes over what the others know; the others are rejected."""
    result = _resolve(group, "keep", seed_id=seed)
    taken = f" It took over: {', '.join(result['taken_over'])}." if result["taken_over"] else ""
    say(f"Seed {seed} is kept.{taken}")
    _say_undo(result)


@app.command()
def dismiss(group: Group) -> None:
    """Say that a group's seeds are no duplicates of each other."""
    _say_undo(_resolve(group, "dismiss"))


@app.command()
def undo(batch: Annotated[str, typer.Argument(help="What keep or dismiss printed.")]) -> None:
    """Take a keep or dismiss back; its own batch can be undone in turn."""
    body = {"token": str(uuid4()), "batch": batch}
    result = Api().post("/v1/decisions:undo-batch", body)
    typer.echo(result["batch"])
    say(f"{result['count']:,} decisions were taken back, {result['left_out']:,} left alone.")


def _resolve(group: int, action: str, **body: Any) -> dict[str, Any]:
    sent = {"token": str(uuid4()), **body}
    result: dict[str, Any] = Api().post(f"/v1/duplicates/{group}:{action}", sent)
    return result


def _say_undo(result: dict[str, Any]) -> None:
    typer.echo(result["batch"])
    say(f"{result['count']:,} decisions. Undo: seedbed duplicates undo {result['batch']}")


def _say_state(state: dict[str, Any]) -> None:
    say(
        f"{state['copies']:,} groups of copies and {state['variants']:,} of variants among "
        f"{state['seeds']:,} seeds; {state['due']:,} are still to be looked at."
    )
    if state["no_words"]:
        say(f"{state['no_words']:,} have no word to compare.")
    if state["left_out"]:
        say(f"{state['left_out']:,} found their group full ({state['group_limit']:,} members).")
    if state["crowded"]:
        say(
            f"{state['crowded']:,} share boilerplate with more than {state['bucket_limit']} others "
            "and were not compared with all of them: duplicates of these may be missing."
        )


def _row(group: dict[str, Any]) -> list[Any]:
    return [
        group["id"], group["kind"], group["size"], f"{group['similarity']:.3f}",
        "yes" if group["undecided"] else "no", group["leader"]["id"],
        _start(group["leader"]["prompt"]),
    ]  # fmt: skip


def _seed(seed: dict[str, Any]) -> list[Any]:
    return [seed[name] for name in ("id", "status", "source", "licence", "domain")]


def _words(member: dict[str, Any]) -> str:
    words = [member["prompt"][begin:end] for begin, end in member["changes"]]
    if not words:
        return "nothing" if not member["leader_changes"] else "words that it lacks"
    return _start("numbers: " * member["numbers_differ"] + "; ".join(words))


def _start(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
