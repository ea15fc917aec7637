"""Three curators and an admin."""

import pytest
from fastapi.testclient import TestClient

from tests.conftest import ClientFactory


@pytest.fixture
def ann(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


@pytest.fixture
def bob(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


@pytest.fixture
def cem(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


@pytest.fixture
def admin(client_as: ClientFactory) -> TestClient:
    return client_as("admin")
