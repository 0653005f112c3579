"""What a machine needs to run Readout, checked one thing after the other. Changes nothing."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click
from msgspec import Struct
from sqlalchemy import inspect, make_url

from api.cli import options
from api.cli.inputs import Failed, Refused
from api.cli.storage import reached, unapplied
from api.settings import Settings
from store.heartbeats import alive
from worker.exposition import queue
from worker.queue import connect_system, system_url

Status = Literal["ok", "fail", "skipped"]
_SILENCE = timedelta(seconds=30)


class Finding(Struct, frozen=True):
    """What one check found, in a line."""

    name: str
    status: Status
    detail: str


def check_up(database: str | None = None) -> Iterator[Finding]:
    """Findings as they come. What rests on something that failed is skipped."""
    checks: dict[str, tuple[Callable[[Settings], str], str | None]] = {
        "python": (lambda _: sys.version.split()[0], None),
        "settings": (_settings, None),
        "database": (_database, "settings"),
        "migrations": (_migrations, "database"),
        "queue": (_queue, "migrations"),
        "workers": (_workers, "migrations"),
        "spacy": (_spacy, None),
        "model": (_model, "settings"),
        "provider": (_provider, "model"),
    }
    sound: set[str] = set()
    for name, (check, needs) in checks.items():
        if needs and needs not in sound:
            yield Finding(name, "skipped", f"rests on {needs}")
            continue
        try:
            detail = check(options.settings(database=database))
        except (click.ClickException, ImportError, OSError) as error:
            said = error.format_message() if isinstance(error, click.ClickException) else str(error)
            yield Finding(name, "fail", said)
        else:
            sound.add(name)
            yield Finding(name, "ok", detail)


def _settings(found: Settings) -> str:
    return f"auth {found.auth}, extractor {found.extractor}, {found.host} port {found.port}"


def _database(found: Settings) -> str:
    address = make_url(found.database_url)
    if address.get_backend_name() == "sqlite" and not _file(found.database_url).is_file():
        raise Refused(f"there is no file {address.database} yet: run `readout migrate`")
    with reached(found.database_url) as engine, engine.connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{address.render_as_string(hide_password=True)} answers ({engine.dialect.name} {version})"


def _migrations(found: Settings) -> str:
    if missing := unapplied(found):
        raise Refused(f"to be applied: {', '.join(missing)}: run `readout migrate`")
    return "the tables are those of this version"


def _queue(found: Settings) -> str:
    depth = _depth(found)
    return f"{depth.get('queued', 0):,} documents wait, {depth.get('running', 0):,} are being read"


def _workers(found: Settings) -> str:
    with reached(found.database_url) as engine:
        count = len(alive(engine, _SILENCE))
    if not count and any(_depth(found).values()):
        raise Failed("none is alive, and documents wait: start one with `readout work`")
    return f"{count} alive" if count else "none is alive: `readout work` starts one"


def _spacy(_: Settings) -> str:
    from pipeline.documents.read import read
    from pipeline.extraction.readout import readout
    from pipeline.language.passages import model as language_model

    talks = read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.")
    version = readout(talks).extractor
    about = language_model().meta
    return f"{about['lang']}_{about['name']} {about['version']}, {version.name} extractor {version.version} reads"


def _model(found: Settings) -> str:
    model = options.model(found)
    if model is None:
        return f"none is used: READOUT_EXTRACTOR is {found.extractor}, so the embedded extractor reads"
    return model.model


def _provider(found: Settings) -> str:
    model = options.model(found)
    if model is None:
        return "none is needed"
    from pipeline.extraction.model.check import check
    from pipeline.extraction.model.requests import ModelError
    from worker.extractors import provider_of

    try:
        return check(provider_of(model), model.model)
    except ModelError as error:
        raise Failed(str(error)) from None


def _depth(found: Settings) -> dict[str, int]:
    url = system_url(found.database_url)
    if make_url(url).get_backend_name() == "sqlite" and not _file(url).is_file():
        return {}
    with reached(url) as engine:
        schema = None if engine.dialect.name == "sqlite" else "dbos"
        if not inspect(engine).has_table("workflow_status", schema=schema):
            return {}
    client = connect_system(found.database_url)
    try:
        return queue(client)[0]
    finally:
        client.destroy()


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")
