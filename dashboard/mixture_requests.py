"""What the pages ask the API about mixtures."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx

from dashboard import rows
from dashboard.rows.mixtures import (
    Clusters,
    Comparison,
    Mixture,
    MixtureFigures,
    MixtureVersion,
    MixtureVersionDetail,
    Recipe,
    SeedQuality,
)

# A million seeds are read in half a minute, the first time.
PATIENT = httpx.Timeout(120.0, connect=3.0)


class MixtureRequests:
    """The part of `dashboard.api.Api` that is about mixtures."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def clusters(self) -> Clusters:
        """Accepted seeds by domain and tier."""
        return cast(Clusters, self._get("/v1/clusters", timeout=PATIENT))

    def seed_quality(self, seed_id: int) -> SeedQuality:
        """How a seed comes by its tier."""
        return cast(SeedQuality, self._get(f"/v1/seeds/{seed_id}/quality"))

    def move_seeds(self, order: Mapping[str, Any]) -> rows.BulkResult:
        """Move seeds to another cluster, or count them."""
        return cast(rows.BulkResult, self._post("/v1/seeds:move", dict(order), timeout=PATIENT))

    def mixtures(self) -> list[Mixture]:
        """The newest thousand."""
        return cast(list[Mixture], self._get("/v1/mixtures", limit=1000)["items"])

    def find_mixtures(
        self, matching: str | None = None, after: str | None = None
    ) -> rows.Page[Mixture]:
        """A page, newest first; of those whose name holds a text, or of this number."""
        page = self._get("/v1/mixtures", matching=matching, after=after)
        return cast(rows.Page[Mixture], page)

    def mixture(self, mixture_id: int) -> Mixture:
        """One with its recipe."""
        return cast(Mixture, self._get(f"/v1/mixtures/{mixture_id}"))

    def preview_mixture(self, recipe: Recipe) -> MixtureFigures:
        """What a recipe comes to."""
        return cast(MixtureFigures, self._post("/v1/mixtures:preview", recipe, timeout=PATIENT))

    def add_mixture(self, name: str, recipe: Recipe) -> Mixture:
        """Keep a recipe under a name."""
        return cast(Mixture, self._post("/v1/mixtures", {"name": name, "recipe": recipe}))

    def change_mixture(self, mixture_id: int, changes: Mapping[str, Any]) -> Mixture:
        """Change name or recipe; `edition` is the one that was seen."""
        response = self._send("PUT", f"/v1/mixtures/{mixture_id}", json=dict(changes))
        return cast(Mixture, response.json())

    def compose_mixtures(self, name: str, mixture_ids: Sequence[int]) -> Mixture:
        """Concatenate mixtures."""
        body = {"name": name, "mixture_ids": list(mixture_ids)}
        return cast(Mixture, self._post("/v1/mixtures:compose", body))

    def make_siblings(self, mixture_id: int, change: str) -> list[Mixture]:
        """Make ablations."""
        path = f"/v1/mixtures/{mixture_id}:siblings"
        return cast(list[Mixture], self._post(path, {"change": change}, timeout=PATIENT))

    def recipe_yaml(self, mixture_id: int) -> str:
        """The recipe as YAML."""
        return self._send("GET", f"/v1/mixtures/{mixture_id}/recipe.yaml").text

    def read_recipe(self, text: str) -> Recipe:
        """The recipe that a YAML text says."""
        return cast(Recipe, self._post("/v1/mixtures:read-yaml", {"yaml": text}))

    def freeze_mixture(self, mixture_id: int) -> MixtureVersionDetail:
        """Ask for a version."""
        return cast(MixtureVersionDetail, self._post(f"/v1/mixtures/{mixture_id}:freeze"))

    def mixture_versions(
        self, mixture_id: int, *, after: str | None = None, number: int | None = None
    ) -> rows.Page[MixtureVersion]:
        """A page of a mixture's versions, newest first, or the one of a number."""
        page = self._get(f"/v1/mixtures/{mixture_id}/versions", after=after, number=number)
        return cast(rows.Page[MixtureVersion], page)

    def mixture_version(self, version_id: int) -> MixtureVersionDetail:
        """A version with what it came to."""
        return cast(MixtureVersionDetail, self._get(f"/v1/mixture-versions/{version_id}"))

    def compare_versions(self, before: int, after: int) -> Comparison:
        """What came and went."""
        path = f"/v1/mixture-versions/{before}:compare"
        return cast(Comparison, self._get(path, after=after, timeout=PATIENT))
