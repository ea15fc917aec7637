"""Seeds in bulk, and the imports that brought them."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Final

import anyio
from anyio import from_thread
from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from backend.accounts.access import Ingester, Viewer
from backend.config import settings
from backend.database import SessionDep, session_scope
from backend.errors import Invalid
from backend.paging import Page, Paging
from backend.seeds import imports
from backend.seeds.importing import ImportAnswer, Upload, import_seeds
from backend.seeds.recipes import RECIPES, recipe_named, seeds_of, written
from backend.seeds.schemas import (
    ImportOptions,
    ImportOut,
    ImportResult,
    RecipeOut,
    RowResult,
    UndoResult,
)
from backend.seeds.tables import SeedImport
from backend.seeds.uploads import Body, rows_of_array, rows_of_lines

router = APIRouter(prefix="/v1", tags=["imports"])

ImportId = Annotated[int, Path(ge=1, lt=2**63)]
PATIENCE: Final = 60.0  # seconds without a byte, while a transaction is open

_READERS: Final[dict[str, Callable[[Body], Iterator[Any]]]] = {
    "application/json": rows_of_array,
    "application/x-ndjson": rows_of_lines,
    "application/ndjson": rows_of_lines,
    "application/jsonl": rows_of_lines,
    "application/x-jsonlines": rows_of_lines,
}

_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": (
            "Rows of {prompt, source, external_id?, domain?, answer?, licence?, metadata?}: "
            "a JSON array of at most 64 MiB, or one object a line. May be gzip. With `recipe`, "
            "rows as the public set has them."
        ),
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "/seeds:bulk",
    response_class=StreamingResponse,
    responses={200: {"model": ImportResult, "description": "What became of the rows"}},
    openapi_extra=_BODY,
)
async def push_seeds(
    request: Request,
    session: SessionDep,
    user: Ingester,
    options: Annotated[ImportOptions, Query()],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> StreamingResponse:
    """Import seeds: every row gets a result, good rows are kept, and one import can be undone.

    With an `Idempotency-Key` a repeated request has no second effect and gets the first answer.
    """
    read = _reader(request)
    recipe = recipe_named(options.recipe) if options.recipe is not None else None
    # The check of the key may have noted its use: no row may stay locked during an upload.
    await run_in_threadpool(session.commit)
    body = Body(
        _blocking(request.stream()),
        gzipped=_is_gzipped(request),
        limit=settings().max_upload_bytes,
    )
    rows = read(body) if recipe is None else seeds_of(recipe, read(body))
    upload = Upload(user, body, rows, options, idempotency_key)
    answer = await run_in_threadpool(_import, upload)
    return StreamingResponse(answer.stream(), media_type="application/json")


def _import(upload: Upload) -> ImportAnswer:
    with session_scope() as session:
        return import_seeds(session, upload)


def _reader(request: Request) -> Callable[[Body], Iterator[Any]]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    reader = _READERS.get(kind)
    if reader is None:
        message = f"send application/json or application/x-ndjson, not {kind or 'nothing named'}"
        raise Invalid(message, field="Content-Type", code="content_type")
    return reader


def _is_gzipped(request: Request) -> bool:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        message = f"send the body as it is or as gzip, not {encoding}"
        raise Invalid(message, field="Content-Encoding", code="content_encoding")
    return encoding != "identity"


def _blocking(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """The chunks of a request for a worker thread, which the sender waits for in turn."""

    async def next_chunk() -> bytes | None:
        with anyio.fail_after(PATIENCE):
            return await anext(stream, None)

    try:
        while (chunk := from_thread.run(next_chunk)) is not None:
            yield chunk
    except TimeoutError as error:
        message = f"nothing came for {PATIENCE:g} seconds"
        raise Invalid(message, code="upload_stalled") from error
    except ClientDisconnect as error:
        raise Invalid("the upload was cut off", code="upload_cut_off") from error


@router.get("/import-recipes")
def list_recipes(user: Viewer) -> list[RecipeOut]:
    """The public sets whose rows can be sent as they stand."""
    return [
        RecipeOut(
            name=recipe.name, title=recipe.title, licence=recipe.licence,
            fields={name: written(place) for name, place in recipe.fields.items()},
            metadata={name: written(place) for name, place in recipe.metadata.items()},
            left_out=recipe.left_out, columns=recipe.columns,
        )
        for recipe in RECIPES.values()
    ]  # fmt: skip


@router.get("/imports")
def list_imports(session: SessionDep, user: Viewer, page: Paging) -> Page[ImportOut]:
    """Imports, newest first."""
    return imports.list_imports(session, page)


@router.get("/imports/{import_id}", response_model=ImportOut)
def read_import(session: SessionDep, user: Viewer, import_id: ImportId) -> SeedImport:
    """One import and its counts."""
    return imports.get_import(session, import_id)


@router.get("/imports/{import_id}/errors")
def list_import_errors(
    session: SessionDep, user: Viewer, import_id: ImportId, page: Paging
) -> Page[RowResult]:
    """The rows that an import rejected, of which the first 10,000 are kept."""
    return imports.import_errors(session, import_id, page)


@router.post("/imports/{import_id}:undo")
def undo_import(session: SessionDep, user: Ingester, import_id: ImportId) -> UndoResult:
    """Take an import back: withdraw what it created, return what it updated."""
    return imports.undo_import(session, user, import_id)
