"""Settings, read from the environment and from `.env` beside it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args, get_type_hints

from dotenv import dotenv_values
from msgspec import DecodeError, Meta, Struct, convert, json

from worker.webhooks.addresses import Reach

Price = Annotated[float, Meta(ge=0)]
"""US dollars a million tokens."""
_DOLLARS = "a number of US dollars, more than 0"
_RATE = Meta(
    pattern="^[1-9][0-9]{0,6}/(second|minute|hour|day)$",
    description="like 600/minute: a number, and second, minute, hour or day",
)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadSetting(ValueError):
    """A setting that cannot be used; the message is one sentence that names it and says what it may be."""


class Settings(Struct, frozen=True, kw_only=True):
    """A field is the variable `READOUT_<FIELD>`, except that those of OpenAI clients keep their names."""

    database_url: Annotated[
        str,
        Meta(
            pattern=r"^(sqlite:///.|postgresql://.)",
            description="sqlite:///PATH or postgresql://USER@HOST/DATABASE",
        ),
    ] = "sqlite:///readout.db"
    extractor: Annotated[
        Literal["auto", "embedded", "model"], Meta(description="auto, embedded or model")
    ] = "auto"
    openai_api_key: Annotated[str, Meta(min_length=1, description="a key")] | None = None
    openai_base_url: (
        Annotated[str, Meta(pattern="^https?://.", description="an http or https address")] | None
    ) = None
    model: Annotated[str, Meta(min_length=1, description="a model's name")] | None = None
    model_concurrency: Annotated[int, Meta(ge=1, le=256, description="a whole number from 1 to 256")] = 4
    model_rate: Annotated[str, _RATE] | None = None
    model_timeout: Annotated[
        float, Meta(gt=0, le=3600, description="a number of seconds, 3600 at the most")
    ] = 120.0
    model_prices: Annotated[
        dict[str, tuple[Price, Price, Price]],
        Meta(description='a JSON object like {"model": [prompt, cached prompt, completion]}'),
    ] = {}
    model_budget_document: Annotated[float, Meta(gt=0, description=_DOLLARS)] | None = None
    model_budget_day: Annotated[float, Meta(gt=0, description=_DOLLARS)] | None = None
    auth: Annotated[Literal["local", "required"], Meta(description="local or required")] = "local"
    admin_key: (
        Annotated[
            str,
            Meta(pattern="^[!-~]{16,}$", description="at least 16 characters of printable ASCII, no spaces"),
        ]
        | None
    ) = None
    queue_limit: Annotated[int, Meta(ge=1, description="a whole number, 1 or more")] = 10_000
    keep_days: Annotated[int, Meta(ge=1, le=36_500, description="a whole number of days, 1 or more")] = 90
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_-]+$", description="an address or a host name")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")] = 8000
    log_format: Annotated[Literal["text", "json"], Meta(description="text or json")] = "text"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error")
    ] = "info"
    access_log: Annotated[Literal["on", "off"], Meta(description="on or off")] = "on"
    rate_limit: Annotated[str, _RATE] | None = None
    cors_origins: (
        Annotated[
            str,
            Meta(
                pattern=r"^(\*|https?://[A-Za-z0-9.:\[\]-]+(, *https?://[A-Za-z0-9.:\[\]-]+)*)$",
                description="`*`, or origins like https://app.example, separated by commas",
            ),
        ]
        | None
    ) = None
    trusted_proxies: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9A-Fa-f.:]+(/[0-9]+)?(, *[0-9A-Fa-f.:]+(/[0-9]+)?)*$",
                description="addresses or networks like 10.0.0.0/8, separated by commas",
            ),
        ]
        | None
    ) = None

    webhooks: Annotated[Reach, Meta(description="public or any")] = "public"

    def __repr__(self) -> str:
        return f"Settings(auth={self.auth!r}, host={self.host!r}, port={self.port})"


def listed(value: str | None) -> tuple[str, ...]:
    """The members of a setting that is a list, such as `cors_origins`."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def per_seconds(rate: str) -> tuple[int, float]:
    """A setting like `600/minute`: how many, in how many seconds."""
    count, _, period = rate.partition("/")
    return int(count), {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}[period]


def variable(field: str) -> str:
    """Name of the environment variable that a field is read from."""
    return field.upper() if field.startswith("openai_") else f"READOUT_{field.upper()}"


def _without_none(annotation: object) -> object:
    """The member of `X | None` that says what a given value must be."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    optional = type(None) in get_args(annotation)
    return members[0] if optional else annotation


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except UnicodeDecodeError:
        raise BadSetting(f"{path} is not UTF-8 text: save it as UTF-8") from None


def load(environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Settings from `environ` (default: the process's), then from `env_file`, then the defaults.

    An empty value counts as not given. Raises BadSetting, which never quotes a secret.
    """
    given = _from_file(env_file) | dict(os.environ if environ is None else environ)
    values: dict[str, object] = {}
    for field, annotation in get_type_hints(Settings, include_extras=True).items():
        name = variable(field)
        raw = given.get(name, "").strip()
        if not raw:
            continue
        kind = _without_none(annotation)
        try:
            values[field] = convert(json.decode(raw) if field in _JSON else raw, kind, strict=False)
        except DecodeError:
            wanted = next(part.description for part in get_args(kind) if isinstance(part, Meta))
            shown = "" if field in _SECRET else f", not {raw!r}"
            raise BadSetting(f"{name} must be {wanted}{shown}") from None
    return convert(values, Settings)


_JSON = {"model_prices"}
_SECRET = {"database_url", "openai_api_key", "openai_base_url", "admin_key"}


def check_serving(settings: Settings, *, keys: bool = False) -> None:
    """Raises BadSetting where serving with these settings would leave the door open, or shut for everyone.

    `keys`: the database has keys, so that of the settings is not needed.
    """
    if settings.auth == "required" and settings.admin_key is None and not keys:
        raise BadSetting(
            "READOUT_AUTH is `required` and nobody has a key: READOUT_ADMIN_KEY must be set, "
            "or a key made with `readout keys create`"
        )
    if settings.auth == "local" and settings.host not in LOOPBACK:
        raise BadSetting(
            f"READOUT_AUTH is `local`, for this machine only, and READOUT_HOST is {settings.host!r}: "
            "set READOUT_AUTH=required and make keys with `readout keys create`, or serve on 127.0.0.1"
        )
