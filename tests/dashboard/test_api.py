"""The HTTP client: errors in words, and what is sent."""

import httpx
import pytest

from dashboard.api import Api, ApiDown, ApiError, SignedOut, error_from
from tests.dashboard.fake_api import FakeApi


def problem(status: int, **body: object) -> ApiError:
    return error_from(httpx.Response(status, json=body))


def test_error_names_row_and_field() -> None:
    errors = [{"index": 2, "field": "prompt", "code": "empty", "message": "must not be empty"}]
    error = problem(422, code="invalid", detail="one row is wrong", errors=errors)

    assert str(error) == "Row 3, prompt: must not be empty"
    assert error.code == "invalid"


def test_error_whose_message_names_the_field_does_not_repeat_it() -> None:
    errors = [{"index": 0, "field": "prompt", "code": "empty", "message": "prompt is blank"}]

    assert str(problem(422, detail="x", errors=errors)) == "Row 1, prompt is blank"


def test_error_without_fields_is_its_detail() -> None:
    assert str(problem(409, code="conflict", detail="the run is paused")) == "the run is paused"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"null", b""])
def test_error_that_is_no_problem_document_is_the_status(content: bytes) -> None:
    assert str(error_from(httpx.Response(502, content=content))) == "Bad Gateway"


def test_error_401_is_an_ended_session() -> None:
    assert isinstance(problem(401, detail="unknown key"), SignedOut)


def test_api_that_is_not_there_is_said_to_be_out_of_reach(no_api: None) -> None:
    with pytest.raises(ApiDown, match="cannot be reached"):
        Api("s3cret").me()


def test_api_sends_only_what_is_chosen(fake_api: FakeApi) -> None:
    Api("s3cret").seeds({"verdict": "hard", "flagged": True}, after=None, limit=5)

    assert fake_api.requests[-1][2] == {"verdict": "hard", "flagged": "true", "limit": "5"}
