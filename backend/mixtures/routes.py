"""Mixtures, their versions, and what differs between them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Path, Query
from fastapi.responses import PlainTextResponse

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.mixtures import blocked, clusters, comparing, service, siblings, versions, yaml_text
from backend.mixtures.clusters import Clusters, SeedQuality
from backend.mixtures.recipe import Recipe
from backend.mixtures.schemas import (
    Comparison,
    Compose,
    MixtureCreate,
    MixtureFigures,
    MixtureOut,
    MixtureUpdate,
    RecipeText,
    SiblingsCreate,
    Verified,
    VersionDetail,
    VersionOut,
    VersionRow,
)
from backend.paging import Matching, Page, Paging

router = APIRouter(prefix="/v1", tags=["mixtures"])

MixtureId = Annotated[int, Path(ge=1, lt=2**63)]
VersionId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/clusters")
def list_clusters(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> Clusters:
    """Accepted seeds by domain and tier of quality, and the formula of the tiers."""
    return clusters.list_clusters(session, tasks.add_task)


@router.get("/seeds/{seed_id}/quality")
def read_quality(
    session: SessionDep, user: Viewer, seed_id: Annotated[int, Path(ge=1, lt=2**63)]
) -> SeedQuality:
    """How a seed comes by its tier of quality."""
    return clusters.seed_quality(session, seed_id)


@router.post("/mixtures", status_code=201)
def create_mixture(session: SessionDep, user: Curator, body: MixtureCreate) -> MixtureOut:
    """Keep a recipe under a name."""
    return service.create_mixture(session, user, body.name, body.recipe)


@router.get("/mixtures")
def list_mixtures(
    session: SessionDep, user: Viewer, page: Paging, matching: Matching = None
) -> Page[MixtureOut]:
    """Mixtures, newest first."""
    return service.list_mixtures(session, page, matching)


@router.post("/mixtures:preview")
def preview_mixture(session: SessionDep, user: Viewer, body: Recipe) -> MixtureFigures:
    """What a recipe comes to at this moment; nothing is stored."""
    return service.preview(session, body)


@router.post("/mixtures:read-yaml")
def read_yaml(user: Viewer, body: RecipeText) -> Recipe:
    """The recipe that a YAML text says."""
    return yaml_text.recipe_from_yaml(body.yaml)


@router.post("/mixtures:compose", status_code=201)
def compose_mixtures(session: SessionDep, user: Curator, body: Compose) -> MixtureOut:
    """Concatenate mixtures: one with the parts of all, each under its own rules."""
    return service.compose(session, user, body)


@router.get("/mixtures/{mixture_id}")
def read_mixture(session: SessionDep, user: Viewer, mixture_id: MixtureId) -> MixtureOut:
    """One mixture with its recipe."""
    return service.get_mixture(session, mixture_id)


@router.get("/mixtures/{mixture_id}/recipe.yaml", response_class=PlainTextResponse)
def read_recipe_yaml(session: SessionDep, user: Viewer, mixture_id: MixtureId) -> str:
    """Its recipe as YAML."""
    return yaml_text.recipe_to_yaml(service.get_mixture(session, mixture_id).recipe)


@router.put("/mixtures/{mixture_id}")
def update_mixture(
    session: SessionDep, user: Curator, mixture_id: MixtureId, body: MixtureUpdate
) -> MixtureOut:
    """Change its name or recipe, as far as nobody has since the edition that was seen."""
    return service.update_mixture(session, mixture_id, body)


@router.post("/mixtures/{mixture_id}:siblings", status_code=201)
def create_siblings(
    session: SessionDep, user: Curator, mixture_id: MixtureId, body: SiblingsCreate
) -> list[MixtureOut]:
    """Make ablations: a mixture for each cluster, with that one in or out, or up and down."""
    return siblings.create_siblings(session, user, mixture_id, body)


@router.post("/mixtures/{mixture_id}:freeze", status_code=201)
def freeze_mixture(session: SessionDep, user: Curator, mixture_id: MixtureId) -> VersionDetail:
    """Freeze it as a version, which nothing changes any more; a job writes it down."""
    return versions.ask_for_version(session, user, mixture_id)


@router.get("/mixtures/{mixture_id}/versions")
def list_versions(
    session: SessionDep,
    user: Viewer,
    mixture_id: MixtureId,
    page: Paging,
    number: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Page[VersionOut]:
    """Its versions, newest first, or the one of a number."""
    return versions.list_versions(session, mixture_id, page, number)


# These before the last one, whose number would swallow the action.
@router.get("/mixture-versions/{version_id}:verify")
def verify_version(session: SessionDep, user: Viewer, version_id: VersionId) -> Verified:
    """Compute its hash again from the rows that are stored."""
    return versions.verify(session, version_id)


@router.get("/mixture-versions/{version_id}:compare")
def compare_versions(
    session: SessionDep,
    user: Viewer,
    version_id: VersionId,
    after: Annotated[int, Query(ge=1, lt=2**63)],
) -> Comparison:
    """What came and went from this version to another, and why as far as it is known."""
    return comparing.compare(session, version_id, after)


@router.get("/mixture-versions/{version_id}")
def read_version(session: SessionDep, user: Viewer, version_id: VersionId) -> VersionDetail:
    """A version with its recipe and what it came to."""
    return versions.get_version(session, version_id)


@router.get("/mixture-versions/{version_id}/rows")
def list_rows(
    session: SessionDep, user: Viewer, version_id: VersionId, page: Paging
) -> Page[VersionRow]:
    """What it holds, in the order it is trained on."""
    return versions.list_rows(session, version_id, page)


@router.get("/takedowns/{batch}/versions")
def list_blocked(session: SessionDep, user: Viewer, batch: UUID) -> list[VersionOut]:
    """The versions that are blocked because of seeds that were taken down at once."""
    return blocked.blocked_by(session, batch)
