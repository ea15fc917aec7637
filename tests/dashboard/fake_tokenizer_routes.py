"""What the fake API answers on tokenizers; each has five texts to count."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route
from tests.dashboard.fake_work_routes import job

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


def tokenizer(number: int, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "name": name, "sha256": f"{number:064x}", "size": 1000, "vocabulary": 151_669,
        "template_tokens": 16, "counted": 0, "waiting": 5, "created_by": "ada",
        "created_at": fake.NOW, **fields,
    }  # fmt: skip


@route("GET /v1/tokenizers")
def list_tokenizers(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.tokenizers


@route("POST /v1/tokenizers")
def register(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    template = int(query["template_tokens"])
    api.tokenizers.append(
        tokenizer(len(api.tokenizers) + 1, query["name"], template_tokens=template, size=len(body))
    )
    return 201, api.tokenizers[-1]


@route(r"POST /v1/tokenizers/(\d+):count")
def count(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    api.tokenizers[int(number) - 1] |= {"counted": 5, "waiting": 0}
    return 202, job(api, query, body, "7")[1]
