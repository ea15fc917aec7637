"""The HTTP API.

uvicorn backend.app:create_app --factory
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from backend import health
from backend.accounts import routes as accounts
from backend.accounts.service import ensure_admin_key
from backend.config import settings
from backend.database import session_scope
from backend.decontamination import routes as decontamination
from backend.domains import routes as domains
from backend.duplicates import routes as duplicates
from backend.endpoints import routes as endpoints
from backend.errors import PROBLEM_RESPONSES, install_error_handlers
from backend.exports import routes as exports
from backend.exports import version_routes as version_exports
from backend.guidelines import routes as guidelines
from backend.jobs import routes as jobs
from backend.judging import routes as judging
from backend.lineage import routes as lineage
from backend.mixtures import routes as mixtures
from backend.overview import routes as overview
from backend.proposals import routes as proposals
from backend.review import routes as review
from backend.review_queues import routes as review_queues
from backend.rewards import routes as rewards
from backend.rewriting import measuring_routes as measuring
from backend.rewriting import routes as rewriting
from backend.runs import routes as runs
from backend.scoring import routes as policies
from backend.seeds import import_routes as imports
from backend.seeds import routes as seeds
from backend.takedowns import routes as takedowns
from backend.tokenizers import routes as tokenizers
from backend.traces import routes as traces
from backend.training_runs import routes as training_runs
from backend.views import routes as views


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    if secret := settings().admin_key:
        with session_scope() as session:
            ensure_admin_key(session, secret)
    yield


def create_app() -> FastAPI:
    """The application with all its routes."""
    app = FastAPI(
        title="Seedbed",
        version=version("seedbed"),
        summary="Decide which prompts are worth teaching a model.",
        lifespan=_lifespan,
        responses=PROBLEM_RESPONSES,
    )
    install_error_handlers(app)
    for router in (
        health.router,
        accounts.router,
        jobs.router,
        overview.router,
        seeds.router,
        views.router,
        imports.router,
        endpoints.router,
        exports.router,
        version_exports.router,
        guidelines.router,
        runs.router,
        traces.router,
        proposals.router,
        policies.router,
        rewards.router,
        review.router,
        review_queues.router,
        measuring.router,
        rewriting.router,
        judging.router,
        decontamination.router,
        duplicates.router,
        mixtures.router,
        domains.router,
        training_runs.router,
        takedowns.router,
        tokenizers.router,
        lineage.router,
    ):
        app.include_router(router)
    return app
