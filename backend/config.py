"""Settings: environment variables with the prefix SEEDBED_, read once."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the service; the command `seedbed up` fills in the embedded ones."""

    model_config = SettingsConfigDict(env_prefix="SEEDBED_", extra="ignore")

    database_url: str = Field(description="SQLAlchemy URL, postgresql+psycopg://…")
    broker_url: str = Field(description="Celery broker URL: amqp://, redis:// or redis+socket://")
    home: Path = Field(default=Path(".seedbed"), description="Folder of exports, logs and uploads")
    api_url: str = "http://127.0.0.1:8300"
    dashboard_url: str = "http://127.0.0.1:8301"
    admin_key: str | None = Field(default=None, min_length=16, description="The first admin key")
    database_pool_size: int = Field(default=20, ge=1)
    job_lease_seconds: float = Field(
        default=30.0, gt=0, description="How long a silent job is kept"
    )
    batch_poll_seconds: float = Field(
        default=60.0, gt=0, description="How often a provider is asked how far a batch is"
    )
    vllm_options: dict[str, Any] = Field(
        default_factory=dict, description="Engine arguments of `vllm:` endpoints, as JSON"
    )
    max_upload_bytes: int = Field(default=2**31, gt=0)
    run_code: Literal["isolated", "limits", "never"] = Field(
        default="isolated",
        description="Run programs in namespaces only, also where there are none, or not at all",
    )
    max_prompt_characters: int = Field(default=200_000, gt=0)


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
