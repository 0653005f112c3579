"""Settings, read from the environment and from `.env` beside it."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from dotenv import dotenv_values
from msgspec import DecodeError, Meta, Struct, convert, json
from msgspec.structs import FieldInfo, fields

from pipeline.extraction.settings import SECRET, ModelSettings, Rate
from schemas.vocabulary import Language, Length
from worker.addresses import Reach

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadSetting(ValueError):
    """A setting that cannot be used; the message is one sentence that names it and says what it may be."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set. `variables` tells from which environment variable each field is read."""

    database_url: Annotated[
        str,
        Meta(
            pattern=r"^(sqlite:///.|postgresql://.)",
            description="sqlite:///PATH or postgresql://USER@HOST/DATABASE",
            extra=SECRET,
        ),
    ] = "sqlite:///readout.db"
    """Where everything is kept; the jobs are in a database beside it."""
    extractor: Annotated[
        Literal["auto", "embedded", "model"], Meta(description="auto, embedded or model")
    ] = "auto"
    """What reads documents. `auto`: the model where one is configured."""
    model: ModelSettings = ModelSettings()
    """The language model."""
    auth: Annotated[Literal["local", "required"], Meta(description="local or required")] = "local"
    """`local`: this machine alone, without keys. `required`: every request needs a key."""
    admin_key: (
        Annotated[
            str,
            Meta(
                pattern="^[!-~]{16,}$",
                description="at least 16 characters of printable ASCII, no spaces",
                extra=SECRET,
            ),
        ]
        | None
    ) = None
    """A key that may do everything, to make the others with."""
    publish: Annotated[Literal["auto", "reviewed"], Meta(description="auto or reviewed")] = "auto"
    """When readers see what workers make. `auto`: at once. `reviewed`: when an editor publishes it."""
    queue_limit: Annotated[int, Meta(ge=1, description="a whole number, 1 or more")] = 10_000
    """Documents that may wait to be read."""
    stream_limit: Annotated[int, Meta(ge=1, description="a whole number, 1 or more")] = 100
    """Event streams and exports that a caller may hold open, of each API process."""
    keep_days: Annotated[int, Meta(ge=1, le=36_500, description="a whole number of days, 1 or more")] = 90
    """Days that answers of the model are kept."""
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_-]+$", description="an address or a host name")] = (
        "127.0.0.1"
    )
    """Address to serve on."""
    port: Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")] = 8000
    """Port to serve on."""
    log_format: Annotated[Literal["text", "json"], Meta(description="text or json")] = "text"
    """`json`: an object a line, for collectors."""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error")
    ] = "info"
    """The least that is logged."""
    access_log: Annotated[Literal["on", "off"], Meta(description="on or off")] = "on"
    """A line for each request, and for each document read."""
    rate_limit: Rate | None = None
    """Requests of each caller, on all processes together."""
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
    """Whose pages may call the API from a browser."""
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
    """Proxies in front of the API, whose word on who calls is taken."""
    summary_language: Annotated[Language, Meta(description="en or es")] = "en"
    """In which language headlines and summaries are where nobody asks for another."""
    summary_length: Annotated[Length, Meta(description="short, standard or long")] = "standard"
    """How long summaries are where nobody asks for another length."""
    webhooks: Annotated[Reach, Meta(description="public or any")] = "public"
    """Which addresses webhooks may have."""
    fetching: Annotated[Reach, Meta(description="public or any")] = "public"
    """Which addresses documents are fetched from. `any`: private networks too, as tests need it."""
    fetch_pause: Annotated[float, Meta(ge=0, le=3600, description="a number of seconds from 0 to 3600")] = 1.0
    """Seconds between two requests to the same host."""
    fetch_contact: (
        Annotated[
            str,
            Meta(pattern="^[!-'*-~]{1,200}$", description="an address of the web or of e-mail"),
        ]
        | None
    ) = None
    """What sites that documents are fetched from are told of who asks."""
    public_url: (
        Annotated[
            str,
            Meta(
                pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[!-~]*)?$",
                description="an address like https://readout.example",
            ),
        ]
        | None
    ) = None
    """Where readers reach the service: links in what workers send begin with it."""
    templates: Annotated[str, Meta(pattern=r"^[^\x00]+$", description="a folder")] | None = None
    """A folder with templates of one's own for letters."""
    smtp_url: (
        Annotated[
            str,
            Meta(
                pattern=r"^smtps?://([^@/\s]+@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$",
                description="smtp://USER:PASSWORD@HOST:PORT, or smtps://",
                extra=SECRET,
            ),
        ]
        | None
    ) = None
    """The server that takes mails with issues."""
    mail_from: (
        Annotated[
            str,
            Meta(pattern=r"^[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,200}$", description="an address of e-mail"),
        ]
        | None
    ) = None
    """Whom these mails are from, and who is told by whoever wants no more."""

    def __repr__(self) -> str:
        return f"Settings(auth={self.auth!r}, host={self.host!r}, port={self.port})"


_MODEL_VARIABLES = {"name": "READOUT_MODEL", "api_key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}
"""Those of the model that are not `READOUT_MODEL_<FIELD>`: the clients of OpenAI know two of them."""


def variable(field: str, shape: type[Struct] = Settings) -> str:
    """Name of the environment variable that a field is read from."""
    if shape is ModelSettings:
        return _MODEL_VARIABLES.get(field, f"READOUT_MODEL_{field.upper()}")
    return f"READOUT_{field.upper()}"


def variables() -> dict[str, FieldInfo]:
    """Every setting by its environment variable."""
    return {
        variable(field.name, shape): field
        for shape in (Settings, ModelSettings)
        for field in fields(shape)
        if field.type is not ModelSettings
    }


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Settings from `environ` (default: the process's), then from `env_file`, then the defaults.

    An empty value counts as not given. Raises BadSetting, which never quotes a secret.
    """
    return _read(Settings, _from_file(env_file) | dict(os.environ if environ is None else environ))


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except UnicodeDecodeError:
        raise BadSetting(f"{path} is not UTF-8 text: save it as UTF-8") from None


S = TypeVar("S", bound=Struct)


def _read(shape: type[S], given: Mapping[str, str]) -> S:
    values: dict[str, object] = {}
    for field in fields(shape):
        name = variable(field.name, shape)
        if field.type is ModelSettings:
            values[field.name] = _read(ModelSettings, given)
        elif raw := given.get(name, "").strip():
            values[field.name] = _value(name, raw, _without_none(field.type))
    return shape(**values)


def _value(name: str, raw: str, kind: Any) -> object:
    plain, *rest = get_args(kind)
    try:
        return convert(json.decode(raw) if get_origin(plain) is dict else raw, kind, strict=False)
    except DecodeError:
        meta = next(part for part in rest if isinstance(part, Meta))
        shown = "" if meta.extra == SECRET else f", not {raw!r}"
        raise BadSetting(f"{name} must be {meta.description}{shown}") from None


def _without_none(annotation: object) -> object:
    """The member of `X | None` that says what a given value must be."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    optional = type(None) in get_args(annotation)
    return members[0] if optional else annotation


def comma_separated(value: str | None) -> tuple[str, ...]:
    """The members of a setting that is a list, such as `cors_origins`."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def reading_model(settings: Settings, extractor: str | None = None) -> ModelSettings | None:
    """The model that reads documents; None: the embedded extractor does. `extractor` goes before the setting.

    Raises BadSetting where the model is asked for and not configured.
    """
    chosen, model = extractor or settings.extractor, settings.model
    if chosen == "embedded" or (chosen == "auto" and not model.configured):
        return None
    if not model.configured:
        raise BadSetting(
            "the model extractor needs READOUT_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL: set them, "
            "or use --extractor embedded"
        )
    if (model.budget_document or model.budget_day) and model.name not in model.prices:
        raise BadSetting(
            f"a budget needs the price of the model {model.name!r}: add it to READOUT_MODEL_PRICES"
        )
    return model


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


def check_address(host: str, port: int) -> None:
    """Raises BadSetting where the address cannot be served on. Granian itself would share a taken port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadSetting(
            f"cannot serve on {host} port {port} ({reason}): choose another with --port or READOUT_PORT"
        ) from None


def base_url(settings: Settings) -> str:
    """`http://127.0.0.1:8000`."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
