"""Holds what the fake API was asked, and what it answered, against the real API's routes."""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from starlette.routing import Match

from backend.app import create_app

ROUTES = [
    route
    for included in create_app().routes
    for route in getattr(included, "original_router", APIRouter()).routes
    if isinstance(route, APIRoute)
]


def route_of(method: str, path: str) -> APIRoute:
    """The real route that such a request would reach.

    Raises:
        AssertionError: there is none.
    """
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    for route in ROUTES:
        if route.matches(scope)[0] is Match.FULL:
            return route
    raise AssertionError(f"the API has no route {method} {path}")


def check_request(method: str, path: str, query: dict[str, Any], body: Any) -> None:
    """Assert that the API would read this request."""
    route = route_of(method, path)
    known = set()
    for field in route.dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation.model_validate(query)
            known |= set(annotation.model_fields)
        known.add(field.alias)
    for dependency in route.dependant.dependencies:
        known |= {field.alias for field in dependency.query_params}
    assert set(query) <= known, f"{method} {path} knows no {set(query) - known}"
    if route.body_field is not None and isinstance(body, dict | list):
        TypeAdapter(route.body_field.field_info.annotation).validate_python(body)


def check_answer(method: str, path: str, answer: Any) -> None:
    """Assert that the API could have given this answer."""
    model = route_of(method, path).response_model
    if model is not None and not isinstance(answer, bytes):
        TypeAdapter(model).validate_python(answer)
