"""A trial of an endpoint: one call, and what came back."""

import asyncio
import time

from backend.database import session_scope
from backend.endpoints.schemas import EndpointTestResult
from backend.endpoints.service import get_endpoint
from backend.endpoints.trial import CALL_SECONDS
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob
from backend.science.prompts import answer_messages, answer_template
from workers.clients import hurried_client_for
from workers.endpoint_config import EndpointConfig, endpoint_config
from workers.replies import CallFailed


def try_out(job: ClaimedJob) -> None:
    """Call the endpoint once, without retries, and store the result in the job."""
    if time.time() > job.payload["void_after"]:
        raise TimeoutError("the caller has stopped waiting")
    with session_scope() as session:
        config = endpoint_config(get_endpoint(session, job.payload["endpoint_id"]))
    result = asyncio.run(_call(config, job.payload["prompt"]))
    with session_scope() as session:
        job.fence(session)
        row = jobs.get(session, job.id)
        row.payload = row.payload | {"result": result.model_dump()}


async def _call(config: EndpointConfig, prompt: str) -> EndpointTestResult:
    messages = answer_messages(prompt, answer_template(config.sampling.template))
    try:
        async with hurried_client_for(config, CALL_SECONDS) as client:
            reply = (await client.ask(messages))[0]
    except CallFailed as failure:
        return EndpointTestResult(ok=False, error=str(failure))
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
