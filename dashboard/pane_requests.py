"""Answers the triage pane's requests: saves its decisions in order, fetches its next seeds.

A request is {number, view, decisions, want, holding, heartbeat, release}; a decision carries the
token under which the pane keeps it until the reply names it, so any request may be repeated without
a second effect.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypedDict

from dashboard.api import Api, ApiDown, ApiError, SignedOut
from dashboard.pane_seed import pane_seed
from dashboard.rows import SeedFilter

PREFETCH = 40


class Reply(TypedDict):
    """What the pane gets back; `to` is the number of the request."""

    to: int
    results: list[dict[str, Any]]
    failed: str | None
    seeds: list[dict[str, Any]]
    left: int | None
    restored: dict[str, Any] | None
    lost: list[int]


def empty_reply(number: int = 0) -> Reply:
    """A reply that brings nothing."""
    return Reply(to=number, results=[], failed=None, seeds=[], left=None, restored=None, lost=[])


def answer(api: Api, view: str, chosen: SeedFilter, request: dict[str, Any]) -> Reply:
    """Do what the pane asks.

    Raises:
        SignedOut: the session has ended; the pane keeps what is not saved.
    """
    reply = empty_reply(int(request["number"]))
    try:
        _save(api, request["decisions"], reply)
        if request["release"]:
            api.release(request["release"])
        if request["heartbeat"] and request["holding"]:
            reply["lost"] = api.keep_leases(request["holding"])["lost"]
        if request["want"] and request["view"] == view:
            _fetch(api, chosen, reply, request["holding"])
    except SignedOut:
        raise
    except ApiError as error:
        # What was saved before the failure is repeated by the pane and recognised by its token.
        reply = empty_reply(reply["to"])
        reply["failed"] = str(error)
    return reply


def _fetch(api: Api, chosen: SeedFilter, reply: Reply, known: Sequence[int] = ()) -> None:
    # The queue gives again what the caller holds; the pane has those already.
    queue = api.queue(chosen, PREFETCH)
    reply["seeds"] = [pane_seed(seed) for seed in queue["items"] if seed["id"] not in known]
    reply["left"] = queue["left"]


def _save(api: Api, entries: Sequence[dict[str, Any]], reply: Reply) -> None:
    """Post in order: decisions together, an undo between them on its own."""
    decision_ids: dict[str, int] = {}
    for is_undo, group in groupby(entries, key=lambda entry: bool(entry["kind"] == "undo")):
        if is_undo:
            for entry in group:
                reply["results"].append(_undo(api, entry, decision_ids, reply))
        else:
            for result in api.decide([_decision(entry) for entry in group]):
                reply["results"].append({**result, "seed": None})
                if result["decision_id"] is not None:
                    decision_ids[result["token"]] = result["decision_id"]


def _decision(entry: dict[str, Any]) -> dict[str, Any]:
    fields = ("token", "seed_id", "revision_id", "kind", "reason", "hit_id")
    return {name: entry[name] for name in fields if entry.get(name) is not None}


def _undo(
    api: Api, entry: dict[str, Any], decision_ids: dict[str, int], reply: Reply
) -> dict[str, Any]:
    token, undoes = entry["token"], entry.get("undoes")
    decision_id = entry.get("decision_id") or decision_ids.get(undoes or "")
    if undoes and decision_id is None:
        return _refused(token, "What it would undo was not saved.")
    try:
        undone = api.undo(token, decision_id)
    except (ApiDown, SignedOut):
        raise
    except ApiError as error:
        if error.status >= 500:
            raise
        return _refused(token, str(error))
    if not undoes:
        reply["restored"] = pane_seed(api.seed(undone["seed"]["id"]))
    return {"token": token, "status": "stored", "decision_id": None, "seed": None, "error": None}


def _refused(token: str, message: str) -> dict[str, Any]:
    error = {"code": "refused", "message": message}
    return {"token": token, "status": "rejected", "decision_id": None, "seed": None, "error": error}
