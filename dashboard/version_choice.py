"""Choose a frozen version of a mixture: any of them, by name or number."""

from functools import partial

from streamlit.delta_generator import DeltaGenerator

from dashboard import finder, session
from dashboard.rows import Page
from dashboard.rows.mixtures import Mixture, MixtureVersion
from dashboard.wording import day


def choose_mixture(place: DeltaGenerator, key: str, asked: MixtureVersion | None) -> Mixture | None:
    """The mixture, at first that of the version that is asked for; None where there is none."""
    api = session.api()
    kind = finder.Kind("mixture", api.find_mixtures, api.mixture, lambda one: str(one["name"]))
    of = asked["mixture_id"] if asked else None
    return finder.choose(place, kind, key, asked=of)


def choose_version(
    place: DeltaGenerator,
    mixture: Mixture,
    key: str,
    asked: MixtureVersion | None,
    *,
    blocked: bool = False,
) -> MixtureVersion | None:
    """A version of the mixture that is frozen; None where none is.

    Args:
        place: where the widgets stand.
        mixture: of which.
        key: of the widget; the mixture's number is added.
        asked: the version that is chosen at first, where it is of this mixture.
        blocked: whether those can be chosen that hold seeds that must not be used any more.
    """
    kind = finder.Kind(
        "version", partial(_versions, mixture["id"]), session.api().mixture_version,
        lambda one: f"{one['number']}, frozen {day(one['frozen_at'])}",
        lambda one: one["state"] == "frozen" and (blocked or not one["blocked"]), by="number",
    )  # fmt: skip
    is_of_it = asked is not None and asked["mixture_id"] == mixture["id"]
    return finder.choose(
        place, kind, f"{key}_{mixture['id']}", placeholder="none is frozen",
        asked=asked["id"] if asked is not None and is_of_it else None,
    )  # fmt: skip


def _versions(mixture_id: int, typed: str, after: str | None) -> Page[MixtureVersion]:
    """A page of all versions, or the one whose number was typed."""
    if typed and not (typed.isascii() and typed.isdecimal() and 0 < int(typed) < 2**63):
        return {"items": [], "next": None, "total": None}
    number = int(typed) if typed else None
    return session.api().mixture_versions(mixture_id, after=after, number=number)
