"""A request succeeds only if its commit does."""

from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.app import create_app
from backend.database import SessionDep


def test_failing_commit_fails_the_request() -> None:
    app = create_app()

    @app.post("/insert")
    def insert(session: SessionDep) -> str:
        session.execute(text("create temp table parent (id int primary key) on commit drop"))
        session.execute(
            text(
                "create temp table child (id int references parent deferrable initially deferred)"
                " on commit drop"
            )
        )
        session.execute(text("insert into child values (1)"))
        return "stored"

    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/insert").status_code == 500
