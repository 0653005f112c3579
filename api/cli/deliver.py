"""`readout deliver`: issues are sent to whoever should have them."""

from datetime import UTC, datetime
from functools import partial

import click

from api.cli import Refused, options


@click.command()
@click.argument("issue_id", metavar="[ISSUE]", required=False)
@click.option("--to", "recipients", metavar="RECIPIENT", multiple=True,
              help="mailto:ADDRESS, slack+URL or teams+URL of an incoming webhook, or folder:PATH. "
              "May be given again.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Tell what would be sent to whom, and send nothing.")
@options.database
def deliver_command(
    issue_id: str | None, recipients: tuple[str, ...], dry_run: bool, database: str | None
) -> int:
    """Send ISSUE to each RECIPIENT that does not have it, and everything else that is due.

    Each recipient has an issue once, however often this is run. What failed for now is due again after minutes, then
    hours: run it without ISSUE every few minutes. The exit status is 1 where something was refused or waits.
    """
    from api.cli.setup import check_migrated, reached
    from api.newsletters import letter_of, outlets_of, templates_of
    from store.mailings import ask_to_mail, list_mailings
    from worker.mailings import RECIPIENT, NoLetter, send_due, send_letter

    settings = options.settings(database=database)
    if wrong := next((one for one in recipients if not RECIPIENT.fullmatch(one)), None):
        raise Refused(f"{wrong} is none of mailto:ADDRESS, slack+URL, teams+URL and folder:PATH")
    if recipients and issue_id is None:
        raise Refused("--to needs an issue: readout deliver ISSUE --to RECIPIENT")
    outlets = outlets_of(settings)
    if outlets.relay is None and any(one.startswith("mailto:") for one in recipients):
        raise Refused("mails need READOUT_SMTP_URL and READOUT_MAIL_FROM")

    check_migrated(settings)
    templates = templates_of(settings)
    with reached(settings.database_url) as engine:
        letter = partial(letter_of, engine, templates)
        if issue_id is not None:
            try:
                letter(issue_id)
            except NoLetter as error:
                raise Refused(str(error)) from None
        if dry_run:
            known = {one.recipient: one.status for one in list_mailings(engine, issue_id)}
            for recipient in known | dict.fromkeys(recipients):
                click.echo(f"{known.get(recipient, 'to send'):8} {recipient}")
            return 0
        if issue_id is not None:
            ask_to_mail(engine, issue_id, recipients, datetime.now(UTC))
        watched = {(one.issue_id, one.recipient) for one in list_mailings(engine)}
        send_due(
            engine,
            letter,
            partial(send_letter, outlets=outlets),
            lambda: datetime.now(UTC),
        )
        ids = {id for id, _ in watched} | ({issue_id} if issue_id else set())
        rows = [one for id in sorted(ids) for one in list_mailings(engine, id)]
    shown = [one for one in rows if one.issue_id == issue_id or (one.issue_id, one.recipient) in watched]
    for one in shown:
        why = f"  {one.error}" if one.error else ""
        click.echo(f"{one.status:8} {one.issue_id}  {one.recipient}{why}")
    return int(any(one.status != "sent" for one in shown))
