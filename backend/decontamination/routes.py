"""Benchmarks, hits, checks and their policies."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, UploadFile

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.decontamination import (
    coverage,
    hits,
    loading,
    policies,
    progress,
    removal,
    report,
    service,
)
from backend.decontamination.policy_schemas import (
    PolicyVersionCreate,
    PolicyVersionCreated,
    PolicyVersionOut,
)
from backend.decontamination.schemas import (
    BenchmarkChange,
    BenchmarkOut,
    CheckState,
    HitCounts,
    HitFilter,
    HitListQuery,
    LoadOptions,
    LoadResult,
    NamedOut,
    RuleReport,
    SeedHit,
)
from backend.decontamination.tables import DecontaminationPolicyVersion
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.paging import Page, Paging

router = APIRouter(prefix="/v1", tags=["decontamination"])

BenchmarkId = Annotated[int, Path(ge=1, lt=2**63)]


class LoadForm(LoadOptions):
    """A file, and how to read it."""

    file: UploadFile


@router.get("/benchmarks")
def list_benchmarks(session: SessionDep, user: Viewer, paging: Paging) -> Page[BenchmarkOut]:
    """The evaluation sets that seeds are checked against."""
    return service.list_benchmarks(session, paging)


@router.post("/benchmarks")
def load_benchmarks(
    session: SessionDep,
    user: Curator,
    form: Annotated[LoadForm, Form(media_type="multipart/form-data")],
) -> LoadResult:
    """Load benchmarks from a file; seeds are checked anew.

    It is .jsonl, .json or .csv (also .gz), .parquet, .arrow, or a Hugging Face folder as .zip.
    """
    return loading.load(session, user, form.file.file, form.file.filename or "", form)


@router.get("/benchmarks/registry")
def list_named_benchmarks(session: SessionDep, user: Viewer) -> list[NamedOut]:
    """The benchmarks that reports name, and how much of each is loaded."""
    return coverage.named_benchmarks(session)


@router.patch("/benchmarks/{benchmark_id}")
def change_benchmark(
    session: SessionDep, user: Curator, benchmark_id: BenchmarkId, body: BenchmarkChange
) -> BenchmarkOut:
    """Say what a benchmark stands for, whether it is gated, or under which licence it is."""
    return service.change_benchmark(session, benchmark_id, body)


@router.delete("/benchmarks/{benchmark_id}", status_code=204)
def remove_benchmark(session: SessionDep, user: Curator, benchmark_id: BenchmarkId) -> None:
    """Remove a benchmark, unless curators have decided on its hits."""
    removal.remove_benchmark(session, benchmark_id)


@router.get("/hits")
def list_hits(
    session: SessionDep, user: Viewer, query: Annotated[HitListQuery, Query()]
) -> Page[SeedHit]:
    """Hits on the current wording of living seeds, newest first."""
    return hits.list_hits(session, query)


@router.get("/hits/counts")
def count_hits(
    session: SessionDep, user: Viewer, filter: Annotated[HitFilter, Query()]
) -> HitCounts:
    """How many such hits there are, by verdict and state."""
    return hits.count_hits(session, filter)


@router.post("/decontamination:check", response_model=JobOut)
def check_seeds(session: SessionDep, user: Curator) -> Job:
    """Check all seeds that were not checked against today's benchmarks."""
    return service.check_now(session, user)


@router.get("/decontamination/check")
def read_check(session: SessionDep, user: Viewer) -> CheckState:
    """Where the check of all seeds stands."""
    return progress.check_state(session)


@router.get("/decontamination/policy", response_model=PolicyVersionOut)
def read_policy(session: SessionDep, user: Viewer) -> DecontaminationPolicyVersion:
    """The policy in force."""
    return policies.current_policy(session)


@router.get("/decontamination/policies", response_model=list[PolicyVersionOut])
def list_policies(session: SessionDep, user: Viewer) -> Sequence[DecontaminationPolicyVersion]:
    """All versions, the newest first."""
    return policies.list_policies(session)


@router.post("/decontamination/policies", status_code=201)
def create_policy(
    session: SessionDep, user: Curator, body: PolicyVersionCreate
) -> PolicyVersionCreated:
    """Add a version of a policy; one of `default` is in force at once: all seeds are checked."""
    return policies.create_version(session, user, body)


@router.get("/decontamination/report")
def read_report(session: SessionDep, user: Viewer) -> list[RuleReport]:
    """What curators said of the hits of each rule, the most often dismissed first."""
    return report.report(session)
