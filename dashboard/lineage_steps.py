"""Pure: lineage as steps in the order in which things came about, each with its icon and lines."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dashboard.augmentation_form import KINDS
from dashboard.rows.lineage import (
    Lineage,
    LineageDecision,
    LineageImport,
    LineageLevels,
    LineageSample,
    LineageTrace,
)
from dashboard.rows.lineage_uses import ExportPlace, VersionPlace
from dashboard.wording import ago, escaped, money, name, number, plural

LEVELS = ("steps", "difficulty", "multi_step", "well_posed", "verifiable")
MOST_DECISIONS = 20


class Link(NamedTuple):
    """A page of the dashboard, by its file, and what it is to show."""

    page: str
    label: str
    query: dict[str, str]


class Step(NamedTuple):
    """One thing that happened: a title, lines in Markdown, and pages that tell more.

    `mark` is a badge's colour and word.
    """

    icon: str
    title: str
    lines: Sequence[str]
    links: Sequence[Link] = ()
    mark: tuple[str, str] | None = None


def steps_of(lineage: Lineage) -> list[Step]:
    """From the source to where the row stands; of a seed, to the decision on it."""
    return [
        *_origin(lineage),
        *_wordings(lineage),
        *_answers(lineage),
        *_ratings(lineage),
        *_checks(lineage),
        *_decisions(lineage),
        *_response(lineage),
        *_place(lineage),
    ]


def _origin(lineage: Lineage) -> Iterator[Step]:
    for one in reversed(lineage["ancestors"]):
        yield Step(
            "forest", f"Seed {one['child_id']} was made from seed {one['seed_id']}",
            [
                f"{KINDS.get(one['kind'], one['kind'])}, by {escaped(one['endpoint'])} "
                f"({escaped(one['model'])}), {money(one['cost'])}, {ago(one['made_at'])}",
                f"Of {escaped(one['source'])}, licence: "
                f"{escaped(one['licence'] or 'not known')}. {escaped(one['why'])}",
            ],
            [_seed(one["seed_id"])],
            ("red", "must not be used any more") if one["must_not_be_used"] else None,
        )  # fmt: skip
    source = lineage["source"]
    row = f", known there as {escaped(source['external_id'])}" if source["external_id"] else ""
    licence = source["licence"]
    yield Step(
        "source", f"Source: {source['name']}",
        [f"Licence: **{escaped(licence or 'not known')}**{row}", *map(_import, lineage["imports"])],
        [_seed(lineage["seed_id"])],
        ("violet", "synthetic") if source["synthetic"] else None,
    )  # fmt: skip


def _import(one: LineageImport) -> str:
    recipe = f", recipe {escaped(one['recipe'])}" if one["recipe"] else ""
    undone = f"; taken back {ago(one['undone_at'])}" if one["undone_at"] else ""
    return (
        f"Import {one['import_id']} {one['what']} it: {escaped(one['label'] or 'without a name')}"
        f"{recipe}, by {escaped(one['by'])}, {ago(one['at'])}{undone}"
    )


def _wordings(lineage: Lineage) -> Iterator[Step]:
    lines = [
        f"Revision {one['id']}, by {escaped(one['by'] or 'import')}, {ago(one['created_at'])}"
        + (": **this one**" if one["id"] == lineage["wording"]["id"] else "")
        for one in lineage["wordings"]
    ]
    for rewrite in lineage["rewrites"]:
        keys = f" by {escaped(', '.join(rewrite['approvals']))}" if rewrite["approvals"] else ""
        lines.append(
            f"Rewrite {rewrite['id']} ({name(rewrite['kind'])}) of revision "
            f"{rewrite['base_revision_id']}, by {escaped(rewrite['by'])}: "
            f"{rewrite['state']}{keys}"
        )
    stale = None if lineage["is_current"] else ("orange", "the seed reads otherwise now")
    links = [
        Link("rewrites", "Its rewrites", {"seed": str(lineage["seed_id"])})
    ] if lineage["rewrites"] else []  # fmt: skip
    yield Step("edit_note", "Wording", lines, links, stale)


def _answers(lineage: Lineage) -> Iterator[Step]:
    said = [one for one in lineage["samples"] if one["revision_id"] == lineage["wording"]["id"]]
    groups: dict[tuple[str, str], list[LineageSample]] = {}
    for one in said:
        groups.setdefault((one["stage"], one["endpoint"]), []).append(one)
    lines = [
        f"{name(stage).capitalize()}: {escaped(endpoint)}, {plural(len(group), 'response')}, "
        f"{money(sum(one['cost'] for one in group))}"
        for (stage, endpoint), group in groups.items()
    ]
    runs = sorted({one["run_id"] for one in said if one["run_id"] is not None})
    links = [Link("runs", f"Run {run}", {"run": str(run)}) for run in runs[:6]]
    if lines:
        yield Step("forum", "Paid responses", lines, links)
    for verdict in lineage["verdicts"][:1]:
        votes = ", ".join(
            f"{each['count']} × {escaped(str(each['answer']))}"
            for each in verdict["plurality"].get("classes", [])[:5]
        )
        key = f", {escaped(verdict['reference_answer'])}" if verdict["reference_answer"] else ""
        yield Step(
            "gavel", f"Verdict: {verdict['verdict']}",
            [
                f"Score {verdict['score']:.2f}; key {verdict['key_origin']}{key}, reliability "
                f"{verdict['reliability']:.2f}; policy {escaped(verdict['policy'])}, "
                f"{ago(verdict['created_at'])}",
                *([f"Votes: {votes}"] if votes else []),
                *_other_verdicts(lineage),
            ],
        )  # fmt: skip


def _other_verdicts(lineage: Lineage) -> list[str]:
    others = [f"{v['verdict']} ({escaped(v['policy'])})" for v in lineage["verdicts"][1:]]
    return [f"Under other policies: {', '.join(others)}"] if others else []


def _ratings(lineage: Lineage) -> Iterator[Step]:
    lines = [_levels(one) for one in (*lineage["judgments"], *lineage["ratings"])]
    if lines:
        yield Step("balance", "Judges and curators by the rubric", lines)


def _levels(one: LineageLevels) -> str:
    who = escaped(one.get("endpoint") or one.get("user") or "")
    if unscored := one.get("unscored"):
        return f"{who}: unscored ({escaped(unscored)})"
    values = {level: one[level] for level in LEVELS}  # type: ignore[literal-required]
    return f"{who}: " + ", ".join(f"{name(k)} {v}" for k, v in values.items() if v is not None)


def _checks(lineage: Lineage) -> Iterator[Step]:
    checked, hits = lineage["checked"], lineage["hits"]
    lines = [
        f"Index {checked['index_id']} of {ago(checked['index_made_at'])}, policy "
        f"{escaped(checked['policy'])}"
        if checked
        else "Not checked, as far as is known"
    ]
    lines += [
        f"{hit['state'].capitalize()} hit in {escaped(hit['benchmark'])} "
        f"({escaped(hit['item_id'])}): {name(hit['verdict'])}, by {hit['method']}, "
        f"{hit['score']:.2f}"
        for hit in hits
    ]
    title = plural(len(hits), "benchmark hit") if hits else "No benchmark hits"
    links = [Link("contamination", f"Hit {hit['id']}", {"hit": str(hit["id"])}) for hit in hits[:3]]
    yield Step("shield", title, lines, links)


def _decisions(lineage: Lineage) -> Iterator[Step]:
    events = lineage["decisions"]
    title = plural(len(events), "decision") if events else "Nobody has decided yet"
    lines = [_decision(event) for event in events[-MOST_DECISIONS:]]
    for taken in lineage["takedowns"][::-1]:
        lifted = f"; lifted by {escaped(taken['lifted_by'])}" if taken["lifted_by"] else ""
        lines.append(
            f"Taken down by {escaped(taken['user'])}, {ago(taken['created_at'])}: "
            f"{taken['reason']} {escaped(taken['note'])}".rstrip()
            + lifted
        )
    yield Step("how_to_reg", title, lines, [_seed(lineage["seed_id"])])


def _decision(event: LineageDecision) -> str:
    reason = f": {escaped(event['reason'])}" if event["reason"] else ""
    undone = ", undone" if event["undone_by"] else ""
    return (
        f"{escaped(event['user'])}, {name(event['kind'])}{reason}{undone}, "
        f"{ago(event['created_at'])}"
    )


def _response(lineage: Lineage) -> Iterator[Step]:
    said = lineage.get("response")
    if said is None:
        return
    settings = said["settings"] or {}
    given = ", ".join(f"{name(key)} {value}" for key, value in settings.items())
    trace = lineage.get("trace")
    yield Step(
        "psychology", f"Response {said['id']} of {said['endpoint']}",
        [
            f"{escaped(said['model'])}; {escaped(given) or 'settings not known any more'}; "
            f"template {said['template_hash'][:12]}",
            f"{number(said['prompt_tokens'])} tokens in, {number(said['completion_tokens'])} out, "
            f"{money(said['cost'])}, {ago(said['created_at'])}",
            *(_trace(trace) if trace else ()),
        ],
        [Link("traces", "Read the trace", {"trace": str(said["id"])})] if trace else [],
        None if trace is None else ("green" if trace["state"] == "kept" else "red", trace["state"]),
    )  # fmt: skip


def _trace(trace: LineageTrace) -> Iterator[str]:
    against = f"{trace['key_origin']} {escaped(trace['reference_answer'])}".strip()
    score = "" if trace["judge_score"] is None else f"; judges: {trace['judge_score']:.2f}"
    yield (
        f"Verified against {against} by run {trace['run_id']}, {ago(trace['verified_at'])}{score}"
    )
    if trace["guideline"]:
        version = trace["guideline_version"]
        yield f"Made under the guideline {escaped(trace['guideline'])}, version {version}"
    if trace["word"]:
        yield f"A curator says: {trace['word']} ({escaped(trace['word_reason'] or '')})"


def _place(lineage: Lineage) -> Iterator[Step]:
    if (version := lineage.get("version")) is not None:
        yield Step(
            "blender",
            f"Position {version['position']:,} of version {version['number']} of "
            f"{version['mixture']}",
            [
                f"{version['split'].capitalize()}, copy {version['copy_number']}, weight "
                f"{version['weight']:g}, {number(version['tokens'])} tokens; frozen by "
                f"{escaped(version['frozen_by'])}, {ago(version['frozen_at'])}",
                *_quality(version),
            ],
            [Link("mixtures", "The mixture", {"mixture": str(version["mixture_id"])})],
        )
    if (export := lineage.get("export")) is not None:
        yield Step(
            "download", f"Row {export['position']:,} of export {export['name']}",
            [
                f"{export['layout'].upper()}, in {escaped(_file(export))}, by "
                f"{escaped(export['by'])}, {ago(export['finished_at'])}"
            ],
            [Link("exports", "The export", {"export": str(export["export_id"])})],
        )  # fmt: skip


def _file(export: ExportPlace) -> str:
    return "/".join(part for part in (export["folder"], export["file"]) if part)


def _quality(version: VersionPlace) -> Iterator[str]:
    found = version["quality"]
    if found is None:
        return
    parts = ", ".join(f"{key} {value:.2f}" for key, value in found["parts"].items())
    by_hand = " by hand" if found["by_hand"] else ""
    yield (
        f"Cluster as things stand now: {escaped(found['domain'] or 'no domain')}, "
        f"{found['tier']}{by_hand}, quality {found['quality']:.2f} ({parts})"
    )
    if found["epochs"] is not None and found["epochs"] != version["weight"]:
        yield (
            f"That cluster has {found['epochs']:g} epochs in this version: the seed was in another "
            "one then, or a cap has lowered its own."
        )


def _seed(seed_id: int) -> Link:
    return Link("seeds", f"Seed {seed_id}", {"seed": str(seed_id)})
