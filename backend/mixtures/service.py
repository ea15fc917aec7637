"""Mixtures as recipes: make, change, concatenate, and vary them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Invalid
from backend.mixtures.figures import figures
from backend.mixtures.kept_populations import population_for
from backend.mixtures.planning import plan
from backend.mixtures.recipe import Recipe
from backend.mixtures.schemas import Compose, MixtureFigures, MixtureOut, MixtureUpdate
from backend.mixtures.tables import Mixture, MixtureVersion
from backend.paging import Page, PageQuery, matches, rows_by_number


def preview(session: Session, recipe: Recipe) -> MixtureFigures:
    """What a recipe would come to; nothing is stored. `as_of` says when seeds were looked at.

    Raises:
        Invalid: its caps leave nothing.
    """
    population, at = population_for(session, recipe)
    found = figures(population, plan(population, recipe), recipe)
    return found.model_copy(update={"as_of": at})


def create_mixture(
    session: Session, user: User, name: str, recipe: Recipe, parent_id: int | None = None
) -> MixtureOut:
    """Keep a recipe under a name.

    Raises:
        Conflict: there is a mixture of this name.
    """
    mixture = Mixture(name=name, recipe=recipe.document(), created_by=user.id, parent_id=parent_id)
    session.add(mixture)
    _flush(session, name)
    return get_mixture(session, mixture.id)


def update_mixture(session: Session, mixture_id: int, body: MixtureUpdate) -> MixtureOut:
    """Change name or recipe; versions stay as they are.

    Raises:
        NotFound: there is no such mixture.
        Conflict: somebody has changed it since the caller saw it, or the name is taken.
    """
    mixture = existing(session, Mixture, mixture_id, "mixture")
    session.refresh(mixture, with_for_update=True)
    if mixture.edition != body.edition:
        message = f"{mixture.name} was changed since: look at it again"
        raise Conflict(message, field="edition", code="stale_edition")
    if body.name is not None:
        mixture.name = body.name
    if body.recipe is not None:
        mixture.recipe = body.recipe.document()
    mixture.edition, mixture.updated_at = mixture.edition + 1, func.now()
    _flush(session, mixture.name)
    return get_mixture(session, mixture_id)


def compose(session: Session, user: User, body: Compose) -> MixtureOut:
    """Concatenate mixtures: the parts of all, each with the rules that it has.

    Raises:
        NotFound: there is no such mixture.
        Invalid: what holds for a mixture as a whole differs among them, or they have parts of the
            same name, or too many.
    """
    found = [existing(session, Mixture, number, "mixture") for number in body.mixture_ids]
    recipes = [Recipe.model_validate(mixture.recipe) for mixture in found]
    parts = []
    for mixture, recipe in zip(found, recipes, strict=True):
        _refuse_other(mixture, recipe, recipes[0])
        for part in recipe.parts:
            name = mixture.name if len(recipe.parts) == 1 else f"{mixture.name}: {part.name}"
            parts.append(part.model_copy(update={"name": name[:200]}))
    whole = recipes[0].model_copy(update={"parts": parts})
    return create_mixture(session, user, body.name, _recipe_of(whole))


def _recipe_of(whole: Recipe) -> Recipe:
    """The same recipe, once it is known to be one: too many parts are not, nor any twice."""
    try:
        return Recipe.model_validate(whole.document())
    except ValidationError as error:
        said = "; ".join(one["msg"] for one in error.errors(include_url=False))
        raise Invalid(f"together they are no recipe: {said}", field="mixture_ids") from error


def _refuse_other(mixture: Mixture, recipe: Recipe, first: Recipe) -> None:
    ours, theirs = recipe.document(), first.document()
    for name in sorted((ours.keys() | theirs.keys()) - {"parts"}):
        if ours.get(name) != theirs.get(name):
            message = f"{mixture.name} has another {name}: {ours.get(name)}, not {theirs.get(name)}"
            raise Invalid(message, field=name, code="not_alike")


def get_mixture(session: Session, mixture_id: int) -> MixtureOut:
    """One mixture, or NotFound."""
    existing(session, Mixture, mixture_id, "mixture")
    return _shown(session, _mixtures().where(Mixture.id == mixture_id))[0]


def list_mixtures(session: Session, page: PageQuery, typed: str | None) -> Page[MixtureOut]:
    """Newest first; only those that match what was typed."""
    matching = select(Mixture)
    if typed:
        matching = matching.where(matches(typed, Mixture.id, Mixture.name))
    shown, following = rows_by_number(session, matching, Mixture.id, page, newest_first=True)
    numbers = [mixture.id for mixture in shown]
    wanted = _mixtures().where(Mixture.id.in_(numbers)).order_by(Mixture.id.desc())
    return Page(items=_shown(session, wanted), next=following)


def _mixtures() -> Select[*tuple[Any, ...]]:
    versions = select(func.count()).where(MixtureVersion.mixture_id == Mixture.id)
    return select(Mixture, User.name, versions.scalar_subquery()).join(
        User, User.id == Mixture.created_by
    )


def _shown(session: Session, wanted: Select[*tuple[Any, ...]]) -> Sequence[MixtureOut]:
    fresh = wanted.execution_options(populate_existing=True)
    return [_out(mixture, name, count) for mixture, name, count in session.execute(fresh)]


def _out(mixture: Mixture, user: str, versions: int) -> MixtureOut:
    fields: Mapping[str, Any] = {
        name: getattr(mixture, name)
        for name in ("id", "name", "edition", "parent_id", "created_at", "updated_at")
    }
    recipe = Recipe.model_validate(mixture.recipe)
    return MixtureOut(**fields, recipe=recipe, created_by=user, versions=versions)


def _flush(session: Session, name: str) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        message = f"there is a mixture named {name} already"
        raise Conflict(message, field="name", code="name_taken") from error
