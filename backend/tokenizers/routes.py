"""Tokenizers of models to be trained: registered by upload, listed, and made to count."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.errors import TooLarge
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.tokenizers import service
from backend.tokenizers.schemas import TokenizerCreate, TokenizerOut

router = APIRouter(prefix="/v1/tokenizers", tags=["tokenizers"])
TokenizerId = Annotated[int, Path(ge=1, lt=2**63)]
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A `tokenizer.json` of at most 64 MiB, as it stands.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


@router.post("", status_code=201, openapi_extra=_BODY)
async def register_tokenizer(
    request: Request, session: SessionDep, user: Curator, body: Annotated[TokenizerCreate, Query()]
) -> TokenizerOut:
    """Register a tokenizer; the same file under the same name has no second effect."""
    # The check of the key may have noted its use: no row may stay locked during an upload.
    await run_in_threadpool(session.commit)
    file = bytearray()
    async for chunk in request.stream():
        file += chunk
        if len(file) > service.MOST_BYTES:
            raise TooLarge(f"a tokenizer may have at most {service.MOST_BYTES:,} bytes")
    return await run_in_threadpool(service.register, session, user, body, bytes(file))


@router.get("")
def list_tokenizers(session: SessionDep, user: Viewer, counts: bool = True) -> list[TokenizerOut]:
    """All tokenizers by name, and how far their counts are; without `counts` at once."""
    return service.list_tokenizers(session, counts=counts)


@router.post("/{tokenizer_id}:count", response_model=JobOut, status_code=202)
def count_tokens(session: SessionDep, user: Curator, tokenizer_id: TokenizerId) -> Job:
    """Count the prompts of accepted seeds and their kept traces that are not counted yet."""
    return service.ask_to_count(session, user, tokenizer_id)
