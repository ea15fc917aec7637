"""Lineage as a tree of lines: each part under its heading, in the order in which it came about."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from backend.cli.client import first_words

Json = dict[str, Any]


class Line(NamedTuple):
    """A line, and those below it."""

    text: str
    below: tuple["Line", ...] = ()


def tree(found: Json) -> Line:
    """The lineage of a seed or of a row."""
    parts = (_part(title, list(part(found))) for title, part in _PARTS.items())
    return Line(title_of(found), tuple(line for line in parts if line is not None))


def title_of(found: Json) -> str:
    """What the lineage is of, and where it stands."""
    seed = f"Seed {found['seed_id']} ({found['status']})"
    if place := found.get("version"):
        return (
            f"{seed}, position {place['position']} of version {place['number']} of "
            f"{place['mixture']}: {place['split']}, copy {place['copy_number']}, "
            f"weight {place['weight']:g}, {place['tokens']:,} tokens"
        )
    if place := found.get("export"):
        return f"{seed}, position {place['position']} of export {place['export_id']}"
    return seed


def _part(title: str, lines: list[Line]) -> Line | None:
    return Line(title, tuple(lines)) if lines else None


def _time(moment: str | None) -> str:
    return "unknown" if moment is None else moment[:16].replace("T", " ")


def _money(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 0.01 or not amount else f"${amount:.2g}"


def _because(reason: str | None) -> str:
    return f" ({first_words(reason)})" if reason else ""


def _source(found: Json) -> Iterator[Line]:
    source = found["source"]
    known = f", row {source['external_id']}" if source["external_id"] else ""
    yield Line(f"{source['name']}{known}, licence: {source['licence'] or 'not known'}")
    for step in found["imports"]:
        recipe = f", recipe {step['recipe']}" if step["recipe"] else ""
        undone = f", taken back {_time(step['undone_at'])}" if step["undone_at"] else ""
        yield Line(
            f"import {step['import_id']} {step['what']} it: {step['label'] or 'no name'}{recipe}, "
            f"by {step['by']}, {_time(step['at'])}{undone}"
        )
    for one in found["ancestors"]:
        banned = ", which must not be used any more" if one["must_not_be_used"] else ""
        yield Line(
            f"seed {one['child_id']} was made from seed {one['seed_id']} of {one['source']} "
            f"(licence: {one['licence'] or 'not known'}){banned}",
            (
                Line(
                    f"{one['kind']}, by {one['endpoint']} ({one['model']}), sample "
                    f"{one['sample_id']}, {_money(one['cost'])}, {_time(one['made_at'])}"
                ),
            ),
        )


def _wordings(found: Json) -> Iterator[Line]:
    for one in found["wordings"]:
        here = " <- this one" if one["id"] == found["wording"]["id"] else ""
        by = f" by {one['by']}" if one["by"] else ""
        yield Line(
            f"revision {one['id']} ({one['origin']}{by}, {_time(one['created_at'])}): "
            f"{first_words(one['prompt'])}{here}"
        )
    for one in found["rewrites"]:
        decided = f" by {one['decided_by']}" if one["decided_by"] else ""
        paid = f", sample {one['sample_id']}" if one["sample_id"] else ""
        yield Line(
            f"rewrite {one['id']} ({one['kind']}) of revision {one['base_revision_id']} as "
            f"{one['revision_id']}, by {one['by']}{paid}: {one['state']}{decided}"
        )


def _response(found: Json) -> Iterator[Line]:
    if (said := found.get("response")) is None:
        return
    given = said["settings"] or {}
    settings = ", ".join(f"{name} {value}" for name, value in given.items()) or "not known any more"
    run = f", run {said['run_id']}" if said["run_id"] else ""
    yield Line(f"sample {said['id']} by {said['endpoint']} ({said['model']}){run}")
    yield Line(f"settings: {settings}; template {said['template_hash'][:12]}")
    yield Line(
        f"{said['prompt_tokens']:,} tokens in, {said['completion_tokens']:,} out, "
        f"{_money(said['cost'])}, {_time(said['created_at'])}"
    )
    if (trace := found["trace"]) is not None:
        yield _trace(trace)


def _trace(trace: Json) -> Line:
    below = []
    if trace["guideline"]:
        below.append(Line(f"guideline: {trace['guideline']}, v{trace['guideline_version']}"))
    for one in trace["judgments"]:
        below.append(Line(f"judge {one['judge']}: {one['score']}"))
    if trace["word"]:
        below.append(Line(f"a curator's word: {trace['word']}{_because(trace['word_reason'])}"))
    against = f"{trace['key_origin']} {trace['reference_answer']}".strip()
    return Line(
        f"trace: {trace['state']}{_because(trace['reason'])}, verified against {against} "
        f"by run {trace['run_id']}, {_time(trace['verified_at'])}",
        tuple(below),
    )


def _answers(found: Json) -> Iterator[Line]:
    by_model: dict[tuple[str, str], list[Json]] = {}
    for one in found["samples"]:
        if one["revision_id"] == found["wording"]["id"]:
            by_model.setdefault((one["stage"], one["endpoint"]), []).append(one)
    for (stage, endpoint), said in by_model.items():
        paid = sum(one["cost"] for one in said)
        numbers = ", ".join(
            f"{one['id']}" + (f"={first_words(one['answer'])}" if one["answer"] else "")
            for one in said
        )
        head = f"{stage}: {endpoint}, {len(said):,} samples, {_money(paid)}"
        yield Line(head, (Line(numbers),))


def _verdicts(found: Json) -> Iterator[Line]:
    for one in found["verdicts"]:
        counts = [
            f"{each.get('count', '?')} x {first_words(str(each.get('answer', '?')))}"
            for each in one["plurality"].get("classes", [])
        ]
        votes = (Line("plurality: " + ", ".join(counts)),) if counts else ()
        yield Line(
            f"{one['verdict']}, score {one['score']:.2f}, reliability {one['reliability']:.2f}, "
            f"key {one['key_origin']}, policy {one['policy']}, {_time(one['created_at'])}",
            votes,
        )


def _ratings(found: Json) -> Iterator[Line]:
    names = ("steps", "difficulty", "multi_step", "well_posed", "verifiable")
    for one in [*found["judgments"], *found["ratings"]]:
        who = one.get("endpoint") or one["user"]
        levels = ", ".join(f"{name} {one[name]}" for name in names if one[name] is not None)
        unscored = one.get("unscored")
        yield Line(f"{who}: " + (f"unscored{_because(unscored)}" if unscored else levels))


def _decisions(found: Json) -> Iterator[Line]:
    for one in found["decisions"]:
        undone = f", undone by {one['undone_by']}" if one["undone_by"] else ""
        undoes = f" of {one['undoes_id']}" if one["undoes_id"] else ""
        yield Line(
            f"{one['id']}: {one['kind']}{undoes} by {one['user']}, {_time(one['created_at'])}"
            f"{_because(one['reason'])}{undone}"
        )


def _benchmarks(found: Json) -> Iterator[Line]:
    if (checked := found["checked"]) is not None:
        yield Line(f"checked against index {checked['index_id']}, policy {checked['policy']}")
    else:
        yield Line("not checked, as far as is known")
    for one in found["hits"]:
        yield Line(
            f"{one['state']} hit {one['id']}: {one['verdict']} with {one['benchmark']} "
            f"{one['item_id']}, by {one['method']}, {one['score']:.2f}"
        )


def _paid(found: Json) -> Iterator[Line]:
    money = found["money"]
    for one in money["stages"]:
        yield Line(f"{one['stage']}: {_money(one['cost'])}, {one['calls']:,} calls")
    if money["making"] is not None:
        yield Line(f"the reply that made it: {_money(money['making'])}, paid for its parent")
    yield Line(f"in all: {_money(money['total'])}")
    if share := found.get("share"):
        yield Line(
            f"this row's share: {_money(share['share'])} = "
            f"{_money(share['response_cost'])} / {share['rows_of_response']} + "
            f"({_money(share['total'])} - {_money(share['responses_cost'])}) / "
            f"{share['rows_of_seed']}"
        )


def _cluster(found: Json) -> Iterator[Line]:
    quality = (found.get("version") or {}).get("quality")
    if quality is not None:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in quality["parts"].items())
        by_hand = ", by hand" if quality["by_hand"] else ""
        yield Line(
            f"part {quality['part'] or 'none'}, {quality['domain'] or 'no domain'}, "
            f"{quality['tier']}{by_hand}: quality {quality['quality']:.2f} ({parts})"
        )


def _uses(found: Json) -> Iterator[Line]:
    uses = found["uses"]
    if (gone := uses["withdrawal"]) is not None:
        why = f", {gone['reason']}" if gone["reason"] else ""
        again = ": look again at what is below" if uses["look_again"] else ""
        yield Line(f"MUST NOT BE USED since {_time(gone['since'])}{why}{again}")
    for one in uses["versions"]:
        yield Line(
            f"version {one['number']} of {one['mixture']} (id {one['version_id']}): "
            f"{one['rows']:,} rows, weight {one['weight']:g}, {one['split']}, "
            f"{_time(one['frozen_at'])} by {one['by']}"
        )
    for one in uses["exports"]:
        yield Line(
            f"export {one['export_id']} {one['name']}: {one['rows']:,} rows in {one['folder']}, "
            f"{_time(one['finished_at'])} by {one['by']}"
        )
    for one in uses["checkpoints"]:
        step = "" if one["step"] is None else f", step {one['step']:,}"
        name = one["checkpoint"] or f"no checkpoint, {one['state']}"
        yield Line(
            f"training run {one['training_run_id']} {one['training_run']} on export "
            f"{one['export_id']}: {name}{step}"
        )
    if uses["unrecorded_exports"]:
        numbers = ", ".join(map(str, uses["unrecorded_exports"]))
        yield Line(f"not known of exports {numbers}: written before exports kept their rows")


_PARTS: Final[dict[str, Callable[[Json], Iterator[Line]]]] = {
    "Source": _source,
    "Wordings": _wordings,
    "Response": _response,
    "Answers": _answers,
    "Verdicts": _verdicts,
    "Ratings": _ratings,
    "Benchmarks": _benchmarks,
    "Decisions": _decisions,
    "Cluster, as things stand now": _cluster,
    "Money": _paid,
    "Gone into": _uses,
}
