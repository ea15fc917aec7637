"""A trial of an endpoint: one call, and what came back."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from backend.database import session_scope
from backend.endpoints.schemas import EndpointTestResult
from backend.endpoints.service import get_endpoint
from backend.endpoints.tables import EMBEDDING
from backend.endpoints.trial import CALL_SECONDS
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob
from backend.science.prompts import answer_messages
from backend.science.templates import template_named
from workers.clients import embedder_for, hurried_client_for
from workers.endpoint_config import EndpointConfig, endpoint_config
from workers.replies import CallFailed

Call = Callable[[EndpointConfig, str], Awaitable[EndpointTestResult]]


def try_out(job: ClaimedJob) -> None:
    """Call the endpoint once, without retries, and store the result in the job."""
    if time.time() > job.payload["void_after"]:
        raise TimeoutError("the caller has stopped waiting")
    with session_scope() as session:
        endpoint = get_endpoint(session, job.payload["endpoint_id"])
        config = endpoint_config(endpoint)
    call = _embed if endpoint.role == EMBEDDING else _ask
    result = asyncio.run(_call(call, config, job.payload["prompt"]))
    with session_scope() as session:
        job.fence(session)
        row = jobs.get(session, job.id)
        row.payload = row.payload | {"result": result.model_dump()}


async def _call(call: Call, config: EndpointConfig, prompt: str) -> EndpointTestResult:
    try:
        return await call(config, prompt)
    except CallFailed as failure:
        return EndpointTestResult(ok=False, error=str(failure))


async def _embed(config: EndpointConfig, prompt: str) -> EndpointTestResult:
    async with embedder_for(config, CALL_SECONDS) as client:
        embedded = await client.embed([prompt])
    return EndpointTestResult(
        ok=True,
        latency_ms=embedded.latency_ms,
        response=f"a vector of {embedded.vectors.shape[1]} numbers",
        prompt_tokens=embedded.prompt_tokens,
    )


async def _ask(config: EndpointConfig, prompt: str) -> EndpointTestResult:
    messages = answer_messages(prompt, template_named(config.sampling.template))
    async with hurried_client_for(config, CALL_SECONDS) as client:
        reply = (await client.ask(messages))[0]
    return EndpointTestResult(
        ok=True,
        latency_ms=reply.latency_ms,
        response=reply.text,
        reasoning=reply.reasoning,
        finish_reason=reply.finish_reason,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        reasoning_tokens=reply.reasoning_tokens,
    )
