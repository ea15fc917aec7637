"""Answers the triage pane's requests: saves its decisions in order, fetches its next seeds.

A request is {number, view, decisions, want, count, holding, heartbeat, release, leased_until,
settings, progress}; a decision carries the token under which the pane keeps it until the reply
names it, so any request may be repeated without a second effect.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypedDict

from dashboard.api import Api, ApiDown, ApiError, SignedOut
from dashboard.pane_seed import pane_seed
from dashboard.rows import Progress, Queue, SeedFilter, Undone, UserSettings

# The first seed of a view is to be seen soon, the others follow at once.
FIRST = 8
PREFETCH = 60
# Until then the page shows the seed of the view before.
FIRST_SECONDS = 0.4


class Reply(TypedDict):
    """What the pane gets back; `to` is the number of the request."""

    to: int
    results: list[dict[str, Any]]
    failed: str | None
    seeds: list[dict[str, Any]]
    left: int | None
    left_exact: bool
    lease_seconds: int | None
    leased_until: str | None
    restored: dict[str, Any] | None
    lost: dict[str, str]
    settings: UserSettings | None
    settings_refused: str | None
    progress: Progress | None


def empty_reply(number: int = 0) -> Reply:
    """A reply that brings nothing."""
    return Reply(
        to=number, results=[], failed=None, seeds=[], left=None, left_exact=True,
        lease_seconds=None, leased_until=None, restored=None, lost={}, settings=None,
        settings_refused=None, progress=None,
    )  # fmt: skip


def answer(api: Api, view: str, chosen: SeedFilter, request: dict[str, Any]) -> Reply:
    """Do what the pane asks.

    Raises:
        SignedOut: the session has ended; the pane keeps what is not saved.
    """
    reply = empty_reply(int(request["number"]))
    try:
        _save(api, request["decisions"], reply)
        if request["settings"] is not None:
            _save_settings(api, request["settings"], reply)
        if request["release"]:
            api.release(request["release"], request["leased_until"])
        if request["heartbeat"] and request["holding"]:
            _keep(api, request["holding"], chosen.get("queue_id"), reply)
        if request["want"] and request["view"] == view:
            _fetch(api, chosen, request, reply)
        if request["progress"]:
            reply["progress"] = api.progress()
    except SignedOut:
        raise
    except ApiError as error:
        # What was saved before the failure is repeated by the pane and recognised by its token.
        reply = empty_reply(reply["to"])
        reply["failed"] = str(error)
    return reply


def first_seeds(api: Api, chosen: SeedFilter) -> Reply | None:
    """What the pane would ask for first; None where that fails or takes long: it asks by itself."""
    reply = empty_reply()
    try:
        _take(reply, api.queue(chosen, FIRST, count=False, patience=FIRST_SECONDS))
    except ApiError:
        return None
    return reply


def _keep(api: Api, holding: Sequence[int], queue_id: int | None, reply: Reply) -> None:
    held = api.keep_leases(holding, queue_id)
    reply["leased_until"] = held["leased_until"]
    reply["lost"] = {str(seed): held["holders"].get(str(seed), "") for seed in held["lost"]}


def _fetch(api: Api, chosen: SeedFilter, request: dict[str, Any], reply: Reply) -> None:
    known, count = request["holding"], request["count"]
    limit = PREFETCH if known or count else FIRST
    _take(reply, api.queue(chosen, limit, shown=known, count=count))


def _take(reply: Reply, queue: Queue) -> None:
    reply["seeds"] = [pane_seed(seed) for seed in queue["items"]]
    reply["left"], reply["left_exact"] = queue["left"], queue["left_exact"]
    reply["lease_seconds"] = queue["lease_seconds"]
    reply["leased_until"] = queue["leased_until"]


def _save_settings(api: Api, settings: dict[str, Any], reply: Reply) -> None:
    try:
        reply["settings"] = api.save_settings(settings)
    except ApiError as error:
        if not _is_refusal(error):
            raise
        reply["settings_refused"] = str(error)


def _save(api: Api, entries: Sequence[dict[str, Any]], reply: Reply) -> None:
    """Post in order: decisions together, what undoes or does again between them on its own."""
    decision_ids: dict[str, int] = {}
    for is_undo, group in groupby(entries, key=lambda entry: entry["kind"] in ("undo", "redo")):
        if is_undo:
            for entry in group:
                _note(reply, decision_ids, _undo(api, entry, decision_ids, reply))
        else:
            for result in api.decide([_decision(entry) for entry in group]):
                _note(reply, decision_ids, {**result, "seed": None})


def _note(reply: Reply, decision_ids: dict[str, int], result: dict[str, Any]) -> None:
    reply["results"].append(result)
    if result["decision_id"] is not None:
        decision_ids[result["token"]] = result["decision_id"]


def _decision(entry: dict[str, Any]) -> dict[str, Any]:
    fields = ("token", "seed_id", "revision_id", "kind", "reason", "hit_id", "queue_id")
    return {name: entry[name] for name in fields if entry.get(name) is not None}


def _undo(
    api: Api, entry: dict[str, Any], decision_ids: dict[str, int], reply: Reply
) -> dict[str, Any]:
    """Take back what the entry names, a decision or an undo; or the caller's last of its kind."""
    token, undoes = entry["token"], entry.get("undoes")
    decision_id = entry.get("decision_id") or decision_ids.get(undoes or "")
    if undoes and decision_id is None:
        return _refused(token, "What it would take back was not saved.")
    try:
        undone = _taken_back(api, entry, decision_id)
    except ApiError as error:
        if not _is_refusal(error):
            raise
        return _refused(token, str(error))
    if entry.get("bring"):
        reply["restored"] = pane_seed(api.seed(undone["seed"]["id"]))
    number = undone["decision"]["id"]
    return {"token": token, "status": "stored", "decision_id": number, "seed": None, "error": None}


def _taken_back(api: Api, entry: dict[str, Any], decision_id: int | None) -> Undone:
    if entry["kind"] == "redo" and decision_id is None:
        return api.redo(entry["token"])
    return api.undo(entry["token"], decision_id)


def _is_refusal(error: ApiError) -> bool:
    """Whether asking again would bring the same: not so where the API is away or in trouble."""
    return not isinstance(error, ApiDown | SignedOut) and error.status < 500


def _refused(token: str, message: str) -> dict[str, Any]:
    error = {"code": "refused", "message": message}
    return {"token": token, "status": "rejected", "decision_id": None, "seed": None, "error": error}
