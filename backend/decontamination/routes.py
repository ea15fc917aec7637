"""Benchmarks, hits and checks."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.decontamination import hits, loading, service
from backend.decontamination.schemas import (
    BenchmarkOut,
    HitState,
    LoadOptions,
    LoadResult,
    Name,
    SeedHit,
)
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.paging import Page, Paging

router = APIRouter(prefix="/v1", tags=["decontamination"])


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
    """Load benchmarks from a .jsonl or .csv (also .gz) or .parquet file; seeds are checked anew."""
    return loading.load(session, user, form.file.file, form.file.filename or "", form)


@router.get("/hits")
def list_hits(
    session: SessionDep,
    user: Viewer,
    paging: Paging,
    state: HitState | None = None,
    benchmark: Name | None = None,
) -> Page[SeedHit]:
    """Hits on the current wording of living seeds, newest first."""
    return hits.list_hits(session, paging, state=state, benchmark=benchmark)


@router.post("/decontamination:check", response_model=JobOut)
def check_seeds(session: SessionDep, user: Curator) -> Job:
    """Check all seeds that were not checked against today's benchmarks."""
    return service.check_now(session, user)
