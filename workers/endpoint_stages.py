"""The stages of decontamination that ask the endpoints which the policy names."""

from collections.abc import Sequence

from backend.decontamination.asking import StageFailed
from backend.decontamination.index import LoadedIndex
from backend.decontamination.passes import Asked
from backend.decontamination.recording import CheckedSeed
from backend.jobs.service import ClaimedJob
from workers.embedding_stage import add_near_items
from workers.judge_stage import JudgeStage


class EndpointStages:
    """These stages, for one job: an endpoint that has failed it is not asked again."""

    def __init__(self, job: ClaimedJob) -> None:
        self._job = job
        self._away: dict[int, str] = {}

    def ask(self, loaded: LoadedIndex, checked: Sequence[CheckedSeed]) -> Asked:
        """Add items that are near in meaning, and have what was found judged.

        Raises:
            LeaseLost: another attempt has the job.
        """
        embedder, judge = (
            loaded.settings.embedding_endpoint_id, loaded.settings.judge_endpoint_id,
        )  # fmt: skip
        near = self._near(loaded, embedder, checked)
        said = self._judged(loaded, judge, near.checked)
        return Asked(said.checked, near.failure or said.failure)

    def _near(
        self, loaded: LoadedIndex, endpoint_id: int | None, checked: Sequence[CheckedSeed]
    ) -> Asked:
        if endpoint_id is None:
            return Asked(list(checked), None)
        if (failure := self._away.get(endpoint_id)) is not None:
            return Asked(list(checked), failure)
        try:
            return Asked(add_near_items(self._job, loaded, endpoint_id, checked), None)
        except StageFailed as failed:
            self._away[endpoint_id] = str(failed)
            return Asked(list(checked), str(failed))

    def _judged(
        self, loaded: LoadedIndex, endpoint_id: int | None, checked: Sequence[CheckedSeed]
    ) -> Asked:
        if endpoint_id is None:
            return Asked(list(checked), None)
        stage = JudgeStage(self._job, loaded, endpoint_id, checked)
        said = stage.ask(self._away.get(endpoint_id))
        if said.failure is not None:
            self._away[endpoint_id] = said.failure
        return said
