"""The errors that a caller can cause, with status and code, and the one place that renders them.

    SeedbedError              500  base, never raised itself
    ├── NotFound              404  the named thing does not exist
    ├── Conflict              409  the state of the thing forbids it
    ├── Invalid               422  a value breaks a rule; names field (and row)
    ├── TooLarge              413  more than the documented limit
    ├── Unauthenticated       401  no key, or an unknown, expired or revoked one
    ├── Forbidden             403  the role is too low
    └── Unavailable           503  a part that is needed does not answer

Answers are `application/problem+json` (RFC 9457) with `code` and, where rows or fields are at
fault, `errors: [{index?, field, code, message}]`.
"""

from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import errors as refused
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException


class FieldProblem(BaseModel):
    """What is wrong with one field; `index` is the row's place in what was sent."""

    index: int | None = None
    field: str | None
    code: str
    message: str


class Problem(BaseModel):
    """What every refused request is answered with."""

    type: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


# For FastAPI(responses=…): what the OpenAPI document says of refused requests.
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": "Refused, and why"} for status in (422, "default")
}


class SeedbedError(Exception):
    """Base: `message` is shown to the caller; `field` names what is at fault where one field is,
    `errors` the rows where several are.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str | None = None,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.problem_code = code or self.code
        self.errors = errors or (
            [{"field": field, "code": self.problem_code, "message": message}] if field else None
        )


class NotFound(SeedbedError):
    """The named thing does not exist."""

    status = 404
    code = "not_found"


class Conflict(SeedbedError):
    """The state of the thing forbids the action."""

    status = 409
    code = "conflict"


class Invalid(SeedbedError):
    """A value breaks a rule."""

    status = 422
    code = "invalid"


class TooLarge(SeedbedError):
    """The request is over a documented limit."""

    status = 413
    code = "too_large"


class Unauthenticated(SeedbedError):
    """No key, or one that is unknown, expired or revoked."""

    status = 401
    code = "unauthenticated"


class Forbidden(SeedbedError):
    """The caller's role is too low."""

    status = 403
    code = "forbidden"


class Unavailable(SeedbedError):
    """A part that is needed does not answer."""

    status = 503
    code = "unavailable"


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> JSONResponse:
    """An RFC 9457 answer."""
    body: dict[str, Any] = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    if errors:
        body["errors"] = errors
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )


def _seedbed_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SeedbedError)
    return problem(error.status, error.problem_code, error.message, error.errors)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        {
            "field": ".".join(str(part) for part in item["loc"] if part not in ("body", "query")),
            "code": item["type"],
            "message": item["msg"],
        }
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['field'] or 'body'}: {item['message']}" for item in fields)
    return problem(422, "invalid", detail, fields)


def _unstorable(_: Request, error: Exception) -> JSONResponse:
    """What no column holds and no schema has caught: the caller sent it."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, refused.NumericValueOutOfRange):
        return problem(422, "invalid", "a number is larger than any that is stored")
    no_text = isinstance(cause, refused.UntranslatableCharacter) or "NUL" in str(cause)
    if isinstance(cause, UnicodeEncodeError) or no_text:
        message = "a text holds a character that cannot be stored: NUL, or half of a pair"
        return problem(422, "invalid", message)
    raise error


def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    return problem(error.status_code, codes.get(error.status_code, "error"), str(error.detail))


def install_error_handlers(app: FastAPI) -> None:
    """Render every error of this tree, of request validation and of routing as a problem.

    So are values that Postgres refuses to hold.
    """
    app.add_exception_handler(SeedbedError, _seedbed_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    for unstorable in (DataError, UnicodeEncodeError):
        app.add_exception_handler(unstorable, _unstorable)
