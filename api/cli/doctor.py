"""`readout doctor`: whether this machine has what Readout needs, checked one thing after the other."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import click
from msgspec import Struct, json
from sqlalchemy import inspect, make_url

from api.cli import Failed, Refused, options
from api.cli.setup import reached, unapplied
from api.settings import BadSetting, Settings, reading_model
from store.workers import alive
from worker.queue import WAITING, connect_system, how_many, system_url

Status = Literal["ok", "fail", "skipped"]
_MARKS: dict[Status, str] = {"ok": "ok  ", "fail": "FAIL", "skipped": "--  "}
_SILENCE = timedelta(seconds=30)


class Finding(Struct, frozen=True):
    """What one check found, in a line."""

    name: str
    status: Status
    detail: str


@click.command()
@options.database
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to print it."
)
def doctor_command(database: str | None, style: str) -> int:
    """Check the settings, the database and its migrations, the queue and its workers, spaCy, and the model.

    Changes nothing. The exit status is 1 if something is wrong.
    """
    findings = []
    for finding in _findings(database):
        findings.append(finding)
        if style == "text":
            click.echo(f"{_MARKS[finding.status]}  {finding.name}: {finding.detail}")
    sound = all(finding.status == "ok" for finding in findings)
    if style == "json":
        click.echo(json.format(json.encode({"ok": sound, "checks": findings}), indent=2))
    return 0 if sound else 1


def _findings(database: str | None) -> Iterator[Finding]:
    """Findings as they come. What rests on something that failed is skipped."""
    sound: set[str] = set()
    for name, check, needs in _CHECKS:
        if needs and needs not in sound:
            yield Finding(name, "skipped", f"rests on {needs}")
            continue
        try:
            detail = check(options.settings(database=database))
        except (click.ClickException, BadSetting, ImportError, OSError) as error:
            yield Finding(name, "fail", str(error))
        else:
            sound.add(name)
            yield Finding(name, "ok", detail)


def _python(_: Settings) -> str:
    return sys.version.split()[0]


def _settings(settings: Settings) -> str:
    return f"auth {settings.auth}, extractor {settings.extractor}, {settings.host} port {settings.port}"


def _database(settings: Settings) -> str:
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not _file(settings.database_url).is_file():
        raise Refused(f"there is no file {address.database} yet: run `readout migrate`")
    with reached(settings.database_url) as engine, engine.connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{address.render_as_string(hide_password=True)} answers ({engine.dialect.name} {version})"


def _migrations(settings: Settings) -> str:
    if missing := unapplied(settings):
        raise Refused(f"to be applied: {', '.join(missing)}: run `readout migrate`")
    return "the tables are those of this version"


def _queue(settings: Settings) -> str:
    depth = _depth(settings)
    return f"{depth.get('queued', 0):,} documents wait, {depth.get('running', 0):,} are being read"


def _workers(settings: Settings) -> str:
    with reached(settings.database_url) as engine:
        count = len(alive(engine, _SILENCE))
    if not count and any(_depth(settings).values()):
        raise Failed("none is alive, and documents wait: start one with `readout work`")
    return f"{count} alive" if count else "none is alive: `readout work` starts one"


def _spacy(_: Settings) -> str:
    from pipeline.documents.read import read
    from pipeline.extraction.readout import readout
    from pipeline.language.parser import model as language_model

    version = readout(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.")).extractor
    about = language_model().meta
    return f"{about['lang']}_{about['name']} {about['version']}, {version.name} extractor {version.version} reads"


def _model(settings: Settings) -> str:
    model = reading_model(settings)
    if model is None:
        return f"none is used: READOUT_EXTRACTOR is {settings.extractor}, so the embedded extractor reads"
    return model.name


def _provider(settings: Settings) -> str:
    model = reading_model(settings)
    if model is None:
        return "none is needed"
    from pipeline import ModelError
    from pipeline.extraction.model.provider import check_provider

    try:
        return check_provider(model)
    except ModelError as error:
        raise Failed(str(error)) from None


def _depth(settings: Settings) -> dict[str, int]:
    """How many documents wait and are being read."""
    url = system_url(settings.database_url)
    if make_url(url).get_backend_name() == "sqlite" and not _file(url).is_file():
        return {}
    with reached(url) as engine:
        schema = None if engine.dialect.name == "sqlite" else "dbos"
        if not inspect(engine).has_table("workflow_status", schema=schema):
            return {}
    client = connect_system(settings.database_url)
    try:
        return {"queued": how_many(client, WAITING), "running": how_many(client, ["PENDING"])}
    finally:
        client.destroy()


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


class _Check(NamedTuple):
    """`needs` names the check without which this one tells nothing."""

    name: str
    find: Callable[[Settings], str]
    needs: str | None = None


_CHECKS = (
    _Check("python", _python),
    _Check("settings", _settings),
    _Check("database", _database, needs="settings"),
    _Check("migrations", _migrations, needs="database"),
    _Check("queue", _queue, needs="migrations"),
    _Check("workers", _workers, needs="migrations"),
    _Check("spacy", _spacy),
    _Check("model", _model, needs="settings"),
    _Check("provider", _provider, needs="model"),
)
