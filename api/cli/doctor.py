"""`readout doctor`: whether this machine has what Readout needs."""

import click

from api.cli import options

_MARKS = {"ok": "ok  ", "fail": "FAIL", "skipped": "--  "}


@click.command()
@options.database
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to print it."
)
def command(database: str | None, style: str) -> int:
    """Check the settings, the database and its migrations, the queue and its workers, spaCy, and the model.

    Changes nothing. The exit status is 1 if something is wrong.
    """
    from msgspec import json

    from api.cli.checkup import check_up

    findings = []
    for finding in check_up(database):
        findings.append(finding)
        if style == "text":
            click.echo(f"{_MARKS[finding.status]}  {finding.name}: {finding.detail}")
    sound = all(finding.status == "ok" for finding in findings)
    if style == "json":
        click.echo(json.format(json.encode({"ok": sound, "checks": findings}), indent=2))
    return 0 if sound else 1
