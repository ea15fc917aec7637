"""Requests for exports, and writing them."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.database import existing, session_scope
from backend.decontamination.index import LoadedIndex
from backend.decontamination.passes import ModelStages
from backend.decontamination.policies import label_of
from backend.errors import Conflict, Invalid, NotFound
from backend.exports import files
from backend.exports.certificate import certificate
from backend.exports.guidelines import GuidelineCheck, every_guideline
from backend.exports.rows import Skipped, rl_row, sft_row, trace_row
from backend.exports.schemas import ExportCreate, ExportOut
from backend.exports.screening import Candidate, Screen, check_prompts
from backend.exports.selection import Census, accepted_seeds, census, stopped_seeds
from backend.exports.tables import Export
from backend.exports.traced import with_traces
from backend.jobs.service import ClaimedJob, enqueue
from backend.jobs.tables import Job
from backend.lineage.recording import RowRecord
from backend.mixtures.tables import Mixture, MixtureVersion
from backend.paging import Page, PageQuery, matches, rows_by_number
from backend.seeds.filters import SeedFilter
from backend.traces.schemas import ChoiceQuery

KIND = "export.write"
VERSION_KIND = "export.version"
STOPPED = "open or confirmed decontamination hit"
_OF_TRACES = ("traces", "trace_run_id", "guideline_id", "guideline_version")


class _Written(NamedTuple):
    """What was written and what was not; `carried` rows name benchmark items in their lineage.

    `guidelines`: how many texts rows were looked through for.
    """

    rows: int
    carried: int
    left_out: Counter[str]
    listed: int
    guidelines: int


def create_export(session: Session, user: User, wanted: ExportCreate) -> ExportOut:
    """Record the request and enqueue its job.

    Raises:
        Invalid: traces are asked for in a layout without responses, or chosen by no rule.
    """
    _check_traces(wanted)
    export = Export(
        name=wanted.name,
        layout=wanted.layout,
        filter=wanted.filter.model_dump(exclude_none=True, mode="json"),
        settings=_settings(wanted),
        created_by=user.id,
    )
    session.add(export)
    session.flush()
    total = _total(census(session, wanted.filter, of_traces=wanted.traces is not None))
    enqueue(session, KIND, {"export_id": export.id}, created_by=user.id, total=total)
    return get_export(session, export.id)


def _check_traces(wanted: ExportCreate) -> None:
    if wanted.traces is not None and wanted.layout != "sft":
        raise Invalid("only SFT has responses", field="traces")
    for name in _OF_TRACES[1:]:
        if wanted.traces is None and getattr(wanted, name) is not None:
            raise Invalid("say with traces by which rule they are chosen", field=name)
    if wanted.guideline_version is not None and wanted.guideline_id is None:
        raise Invalid("name the guideline that it is a version of", field="guideline_version")


def _settings(wanted: ExportCreate) -> dict[str, Any]:
    chosen = wanted.model_dump(include=set(_OF_TRACES), exclude_none=True)
    return {"formats": wanted.formats, "without_response": wanted.without_response, **chosen}


def _total(counted: Census) -> int:
    """How many seeds the job reads."""
    return counted.rows + counted.without_reference


def _shown(session: Session, exports: Sequence[Export]) -> list[ExportOut]:
    """With their jobs' progress and the names of their versions, in two statements for all."""
    jobs = session.execute(_jobs_of([export.id for export in exports]))
    job_of: dict[int, Job] = {row[0]: row[1] for row in jobs}
    versions = session.execute(
        select(MixtureVersion.id, Mixture.name, MixtureVersion.number)
        .join(Mixture, Mixture.id == MixtureVersion.mixture_id)
        .where(MixtureVersion.id.in_({export.version_id for export in exports}))
    )
    named: dict[int | None, tuple[str, int]] = {row[0]: (row[1], row[2]) for row in versions}
    return [_out(each, job_of.get(each.id), named.get(each.version_id)) for each in exports]


def _jobs_of(export_ids: Sequence[int]) -> Select[int, Job]:
    """The newest job of each export, with the export's number."""
    number = Job.payload["export_id"].as_integer()
    theirs = (Job.kind.in_((KIND, VERSION_KIND)), number.in_(export_ids))
    if len(export_ids) == 1:  # who waits for one asks each second: it is among the newest
        return select(number, Job).where(*theirs).order_by(Job.id.desc()).limit(1)
    newest = select(func.max(Job.id)).where(*theirs).group_by(number)
    return select(number, Job).where(Job.id.in_(newest))


def _out(export: Export, job: Job | None, named: tuple[str, int] | None) -> ExportOut:
    out = ExportOut.model_validate(export)
    if job is not None:
        out.job_id, out.done_count, out.total_count = job.id, job.done_count, job.total_count
        if job.state in ("failed", "cancelled") and out.state == "pending":
            out.state, out.error = "failed", job.error or "its job was stopped"
    if named is not None:
        out.mixture, out.version = named
    return out


def get_export(session: Session, export_id: int) -> ExportOut:
    """One export with its job's progress, or NotFound."""
    return _shown(session, [existing(session, Export, export_id, "export")])[0]


def list_exports(session: Session, page: PageQuery, typed: str | None) -> Page[ExportOut]:
    """Newest first; only those that match what was typed."""
    wanted = select(Export)
    if typed:
        wanted = wanted.where(matches(typed, Export.id, Export.name))
    shown, following = rows_by_number(session, wanted, Export.id, page, newest_first=True)
    return Page(items=_shown(session, shown), next=following)


def file_of(session: Session, export_id: int, name: str) -> Path:
    """A file of a finished export.

    Raises:
        NotFound: no such export, or its manifest names no such file.
        Conflict: the export is not finished, or the file lies in another store.
    """
    export = get_export(session, export_id)
    if export.manifest is None or export.folder is None:
        raise Conflict(f"export {export_id} is {export.state}: its files are not there")
    names = {files.MANIFEST, *(entry["name"] for entry in export.manifest["files"])}
    path = settings().home / "exports" / export.folder / name
    if name in names and export.destination and not path.is_file():
        raise Conflict(f"{name} lies at {export.destination}/{export.folder}")
    if name not in names or not path.is_file():
        raise NotFound(f"export {export_id} has no file {name}")
    return path


def write_export(job: ClaimedJob, stages: ModelStages) -> None:
    """The job: write the files into a draft folder, give it its name, then record it."""
    with session_scope() as session:
        export = get_export(session, job.payload["export_id"])
    wanted = SeedFilter(**export.filter)
    loaded = check_prompts(job, stages, wanted)
    with session_scope() as session:
        counted = census(session, wanted, of_traces="traces" in export.settings)
        checked = certificate(session, counted) | {
            "policy": label_of(session, loaded.policy_id),
            "index": loaded.id,
        }
    draft = settings().home / "exports" / f".{export.id}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    written = _write(job, export, draft, loaded, counted)
    manifest = _manifest(export, draft, written, checked)
    files.write_manifest(draft, manifest)
    _publish(job, export, draft, manifest)


def _write(
    job: ClaimedJob, export: ExportOut, draft: Path, loaded: LoadedIndex, counted: Census
) -> _Written:
    """Write the rows, and list those that are left out for their hits."""
    left_out: Counter[str] = Counter()
    rows, record = 0, RowRecord(export.id)
    with session_scope() as session:
        job.fence(session)
        record.forget(session)
    with session_scope() as reading, files.LeftOutFile(draft) as listed:
        for hit in stopped_seeds(reading, SeedFilter(**export.filter)):
            listed.write({"reason": STOPPED} | hit)
        left_out[STOPPED] = counted.with_standing_hits
        guidelines = every_guideline(reading)
        screen = Screen(reading, loaded, GuidelineCheck(guidelines), left_out, listed)
        wanted = record.noting(screen.clean(_candidates(reading, export, left_out)))
        for rows in files.write_rows(draft, export.layout, export.settings["formats"], wanted):
            with session_scope() as session:
                job.fence(session)
                record.store(session)
                read = rows + left_out.total() - left_out[STOPPED]
                job.progress(session, min(read, _total(counted)), _total(counted))
    return _Written(rows, screen.carried, left_out, listed.rows, len(guidelines))


def _candidates(session: Session, export: ExportOut, left_out: Counter[str]) -> Iterator[Candidate]:
    seeds = accepted_seeds(session, SeedFilter(**export.filter))
    rule = export.settings.get("traces")
    if rule is not None:
        seeds = with_traces(session, seeds, _choice(export.settings))
    for seed in seeds:
        if export.layout == "rl":
            row = rl_row(seed)
        elif rule is not None:
            row = trace_row(seed)
        else:
            row = sft_row(seed, export.settings["without_response"])
        if isinstance(row, Skipped):
            left_out[row.reason] += 1
        else:
            yield Candidate(seed, row)


def _choice(chosen: dict[str, Any]) -> ChoiceQuery:
    return ChoiceQuery(
        rule=chosen["traces"], run_id=chosen.get("trace_run_id"),
        guideline_id=chosen.get("guideline_id"), guideline_version=chosen.get("guideline_version"),
    )  # fmt: skip


def _manifest(
    export: ExportOut, folder: Path, written: _Written, checked: dict[str, Any]
) -> dict[str, Any]:
    return {
        "seedbed": version("seedbed"),
        "export": export.id,
        "name": export.name,
        "layout": export.layout,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "filter": {**export.filter, "status": "accepted"},
        "settings": export.settings,
        "rows": written.rows,
        "left_out": {reason: count for reason, count in written.left_out.items() if count},
        "guidelines": {"versions_checked": written.guidelines},
        "decontamination": checked | {"rows_with_confirmed_hits": written.carried},
        "files": files.describe_files(
            folder, export.settings["formats"], written.rows, written.listed
        ),
    }


def _publish(job: ClaimedJob, export: ExportOut, draft: Path, manifest: dict[str, Any]) -> None:
    slug = re.sub(r"[^a-z0-9]+", "-", export.name.lower()).strip("-") or "export"
    folder = f"{export.id}-{slug}"
    with session_scope() as session:
        # The fence is held while the folder gets its name: only one attempt can do it.
        job.fence(session)
        target = draft.parent / folder
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
        session.execute(
            update(Export)
            .where(Export.id == export.id)
            .values(
                state="finished", folder=folder, row_count=manifest["rows"], manifest=manifest,
                finished_at=func.now(),
            )
        )  # fmt: skip
