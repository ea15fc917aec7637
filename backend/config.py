"""Settings: environment variables with the prefix SEEDBED_, read once."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the service; the command `seedbed up` fills in the embedded ones."""

    model_config = SettingsConfigDict(env_prefix="SEEDBED_", env_ignore_empty=True, extra="ignore")

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
    embedding_inputs: int = Field(
        default=32, ge=1, le=2048, description="Texts in one request for embeddings"
    )
    vllm_options: dict[str, Any] = Field(
        default_factory=dict, description="Engine arguments of `vllm:` endpoints, as JSON"
    )
    training_python: Path | None = Field(
        default=None, description="What trains: the Python of an environment with its libraries"
    )
    training_poll_seconds: float = Field(
        default=2.0, gt=0, description="How often a training run is looked at"
    )
    max_upload_bytes: int = Field(default=2**31, gt=0)
    run_code: Literal["isolated", "limits", "never"] = Field(
        default="isolated",
        description="Run programs in namespaces only, also where there are none, or not at all",
    )
    export_processes: int | None = Field(
        default=None, ge=1, description="Files of an export at once; a core each, at most 4"
    )
    export_schemes: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Where exports may go but the home folder: `s3`, `gs`, …"
    )
    export_storage: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="fsspec's options by scheme, as JSON: endpoints and credentials of workers",
    )
    max_prompt_characters: int = Field(default=200_000, gt=0)
    tokenizer: str | None = Field(
        default=None, description="Counts traces' tokens: a tokenizer.json, or its folder"
    )
    rewrite_approvals: int = Field(
        default=1, ge=1, le=5, description="How many curators have to approve a rewrite"
    )
    oidc_issuer: str | None = Field(default=None, description="The provider's address, as in `iss`")
    oidc_client_id: str | None = Field(default=None, description="What the provider calls Seedbed")
    oidc_email_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Whose people get an account when they first come; `*`: anybody"
    )
    oidc_new_user_role: Literal["viewer", "ingester", "curator"] = "viewer"
    oidc_trust_emails: bool = Field(
        default=False, description="Believe a token that does not say whether its email is verified"
    )

    @field_validator("oidc_email_domains", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Domains, divided by commas or spaces."""
        if not isinstance(value, str):
            return value
        return tuple(word.lower().lstrip("@") for word in value.replace(",", " ").split())

    @field_validator("export_schemes", mode="before")
    @classmethod
    def _split_schemes(cls, value: object) -> object:
        """Schemes, divided by commas or spaces, with or without what follows them."""
        if not isinstance(value, str):
            return value
        words = value.replace(",", " ").split()
        return tuple(word.lower().removesuffix("://") for word in words)

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if self.oidc_issuer is None:
            return self
        address = urlsplit(self.oidc_issuer)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("SEEDBED_OIDC_ISSUER must begin with https://")
        if not self.oidc_client_id:
            raise ValueError("SEEDBED_OIDC_ISSUER needs SEEDBED_OIDC_CLIENT_ID")
        return self


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
