"""The models that this process has loaded with vLLM: each once, kept from job to job.

A job has an event loop of its own and ends it; an engine outlives many jobs. So each model lives on
a thread with its own loop, and jobs hand it coroutines. A model that no open job uses makes room
when another is to be loaded.

vLLM is imported when the first model is loaded, and not before: only workers of the queue `gpu`
have it.
"""

import asyncio
import atexit
import multiprocessing
import os
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from backend.config import settings
from workers.engine_guard import EngineGuard
from workers.replies import CallFailed

Result = TypeVar("Result")

_models: dict[str, "LoadedModel"] = {}
_registry = threading.Lock()
# Engines measure the free memory while they start: two at once would both count it as theirs.
_one_at_a_time = threading.Lock()


class EngineDied(CallFailed):
    """The model's engine process is gone, and with it all that was in flight."""

    def __init__(self, reason: str) -> None:
        super().__init__("engine_died", reason, retryable=True)


def acquire(name: str) -> "LoadedModel":
    """The model of this name, for one user more; where it is not there, it begins to load."""
    with _registry:
        model = _models.get(name)
        if model is None or model.has_died:
            idle = [other for other in _models.values() if not other.users]
            for other in idle:
                _models.pop(other.name)
            model = _models[name] = LoadedModel(name, idle)
        model.users += 1
        return model


def release(model: "LoadedModel") -> None:
    """One user less. The model stays, unless its engine has died or could not start."""
    with _registry:
        model.users -= 1
        if model.has_died and _models.get(model.name) is model:
            del _models[model.name]
    if model.has_died and not model.users:
        model.close()


def _close_all() -> None:
    with _registry:
        models = list(_models.values())
        _models.clear()
    for model in models:
        model.close()


class LoadedModel:
    """An engine on its own thread and event loop; its methods may be called from any other loop."""

    def __init__(self, name: str, in_its_way: list["LoadedModel"]) -> None:
        self.name = name
        self.users = 0
        self.has_died = False
        self._engine: Any = None
        self._guard: EngineGuard | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=f"vllm-{name}", daemon=True
        )
        self._thread.start()
        self._loading = asyncio.run_coroutine_threadsafe(self._load(in_its_way), self._loop)

    async def ready(self) -> None:
        """Wait until the model is loaded; whoever stops waiting does not stop the loading.

        Raises:
            CallFailed: it cannot be loaded.
        """
        await asyncio.shield(asyncio.wrap_future(self._loading))

    async def generate(
        self,
        messages: list[Mapping[str, str]],
        values: Mapping[str, Any],
        json_schema: Mapping[str, Any] | None,
        template_values: Mapping[str, Any],
    ) -> Any:
        """vLLM's finished RequestOutput for a chat; cancelling it aborts the request.

        Args:
            messages: of the chat, for the model's own chat template.
            values: fields of SamplingParams, over the model's defaults.
            json_schema: the form that the output is held to.
            template_values: variables of the chat template.

        Raises:
            EngineDied: the engine's process is gone.
            CallFailed: the engine refuses this request, or it failed.
        """
        return await self._on_its_thread(
            self._generate(messages, values, json_schema, template_values)
        )

    def close(self) -> None:
        """End the engine's processes and free its memory; blocks."""
        self._loop.call_soon_threadsafe(self._shut_down)
        self._thread.join(timeout=30)

    def _shut_down(self) -> None:
        if self._engine is not None:
            self._engine.shutdown()
            self._engine = None
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None
        self._loop.stop()

    async def _on_its_thread(self, work: Coroutine[Any, Any, Result]) -> Result:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    # On the model's thread

    async def _load(self, in_its_way: list["LoadedModel"]) -> None:
        with _one_at_a_time:
            for other in in_its_way:
                other.close()
            others = set(multiprocessing.active_children())
            try:
                self._engine = _start_engine(self.name)
                started = set(multiprocessing.active_children()) - others
                self._guard = EngineGuard(child.pid for child in started if child.pid)
            except CallFailed:
                self.has_died = True
                raise
            except Exception as error:
                self.has_died = True
                reason = f"vLLM cannot load {self.name}: {type(error).__name__}: {error}"
                raise CallFailed("not_loaded", reason, retryable=False) from error

    async def _generate(
        self,
        messages: list[Mapping[str, str]],
        values: Mapping[str, Any],
        json_schema: Mapping[str, Any] | None,
        template_values: Mapping[str, Any],
    ) -> Any:
        from vllm.exceptions import VLLMClientError
        from vllm.v1.engine.exceptions import EngineDeadError

        try:
            parameters = self._parameters(values, json_schema)
            prompt = self._prompt(messages, template_values)
            # One output at the end, with all samples.
            async for output in self._engine.generate(prompt, parameters, uuid4().hex):
                finished = output
        except EngineDeadError as error:
            self.has_died = True
            raise EngineDied(f"the engine of {self.name} has died: {error}") from error
        except (ValueError, VLLMClientError) as error:
            raise CallFailed("refused", str(error), retryable=False, about_prompt=True) from error
        except Exception as error:
            reason = f"{type(error).__name__}: {error.__cause__ or error}"
            raise CallFailed("engine", reason, retryable=True) from error
        return finished

    def _parameters(self, values: Mapping[str, Any], json_schema: Mapping[str, Any] | None) -> Any:
        from vllm.sampling_params import (
            RequestOutputKind,
            SamplingParams,
            StructuredOutputsParams,
        )

        own = self._engine.model_config.get_diff_sampling_param()
        structured = None
        if json_schema is not None:
            structured = StructuredOutputsParams(json=dict(json_schema))
        return SamplingParams(
            **{**own, **values},
            structured_outputs=structured,
            output_kind=RequestOutputKind.FINAL_ONLY,
        )

    def _prompt(
        self, messages: list[Mapping[str, str]], template_values: Mapping[str, Any]
    ) -> dict[str, list[int]]:
        tokens = self._engine.get_tokenizer().apply_chat_template(
            messages,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=False,
            **template_values,
        )
        return {"prompt_token_ids": list(tokens)}


atexit.register(_close_all)


def _start_engine(name: str) -> Any:
    """vLLM's engine, whose processes are running and whose weights are loaded.

    Raises:
        CallFailed: vLLM is not installed here, or there is no such folder.
    """
    if name.startswith(("/", ".", "~")) and not Path(name).is_dir():
        reason = f"there is no folder {name} on this worker's machine"
        raise CallFailed("no_model", reason, retryable=False)
    # The engine's process must not inherit this one's threads and connections.
    os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "spawn")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    try:
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM
    except ImportError as error:
        reason = f"vLLM is not installed in this worker's environment: pip install vllm ({error})"
        raise CallFailed("no_vllm", reason, retryable=False) from error
    options = {"enable_prefix_caching": True, "disable_log_stats": True, **settings().vllm_options}
    engine = AsyncLLM.from_engine_args(AsyncEngineArgs(model=name, **options))
    return engine
