"""`readout extract`, `brief`, `annotate` and `verify`: documents read here, without storing anything."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import DecodeError, Struct, ValidationError, json

from api.cli import Refused, complain, options
from api.cli.inputs import contents, file_document, readable
from api.settings import base_url, reading_model
from pipeline.documents.document import Document
from pipeline.language.matching import locate
from schemas import DocumentReadout
from schemas.vocabulary import LENGTHS, Language, Length

Given = TypeVar("Given")
Made = TypeVar("Made")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.own_extractor
@options.published
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "json", "table"]), default="ndjson", show_default=True
)
def extract_command(files: tuple[str, ...], extractor: str, published: str | None, form: str) -> int:
    """Read FILEs (- is standard input) and print the proven facts of each, in the order given.

    A file that cannot be read is named on stderr; the others go on, and the exit status is 2.
    """
    from msgspec import json

    refused: list[str] = []
    collected = []
    for _, readout in readouts(readable(files, published, refused), extractor):
        if form == "ndjson":
            sys.stdout.buffer.write(json.encode(readout) + b"\n")
            sys.stdout.buffer.flush()
        elif form == "table":
            from api.rendering.terminal import console, table

            console().print(table(readout))
        else:
            collected.append(readout)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(collected), indent=2) + b"\n")
    return 2 if refused else 0


def readouts(
    documents: Iterable[tuple[str, Document]], extractor: str
) -> Iterator[tuple[Document, DocumentReadout]]:
    """Readouts of named documents, in their order. Raises BadSetting where the model is not configured.

    A document for which the model fails is told on stderr; its readout is the embedded extractor's.
    """
    model = reading_model(options.settings(), extractor)
    from worker.extractors import reader

    read = reader(model)
    made = _in_order(lambda named: read(named[1]), documents, model.concurrency if model else 1)
    for (name, document), readout in made:
        if readout.extractor.stands_in_for:
            complain(f"{name}: the embedded extractor read it, {readout.rejected[-1].reason}")
        if readout.unread:
            complain(f"{name}: nothing is read out of it, {readout.unread}")
        yield document, readout


def _in_order(
    make: Callable[[Given], Made], given: Iterable[Given], at_once: int
) -> Iterator[tuple[Given, Made]]:
    """`make` of each, `at_once` of them under way, in the order given. One at a time needs no thread."""
    if at_once == 1:
        yield from ((one, make(one)) for one in given)
        return
    under_way: deque[tuple[Given, Future[Made]]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        for one in given:
            under_way.append((one, pool.submit(make, one)))
            if len(under_way) > at_once:
                first, future = under_way.popleft()
                yield first, future.result()
        for first, future in under_way:
            yield first, future.result()


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.own_extractor
@options.published
@click.option(
    "--format", "form", type=click.Choice(["json", "md", "html", "table"]), default="table", show_default=True
)
@click.option(
    "--author",
    type=click.Choice(["rules", "model"]),
    help="Who writes headline and summary; without it the model where it reads.",
)
@click.option(
    "--length",
    type=click.Choice(LENGTHS),
    help="Of the summary.  [READOUT_SUMMARY_LENGTH]",
)
@click.option(
    "--language",
    type=click.Choice(["en", "es"]),
    help="Of headline and summary.  [READOUT_SUMMARY_LANGUAGE]",
)
def brief_command(
    files: tuple[str, ...],
    extractor: str,
    published: str | None,
    form: str,
    author: str | None,
    length: Length | None,
    language: Language | None,
) -> int:
    """Read FILEs (- is standard input), merge those about one negotiation round, print the briefings.

    json is an array. A file that cannot be read is named on stderr; the others go on; the exit status is 2. Where the
    model gives no text, that is told on stderr, and the rules write.
    """
    from msgspec import json

    from pipeline.briefings.merge import merge
    from pipeline.briefings.rounds import Part
    from pipeline.documents.document import source_of
    from pipeline.writing.text import Style

    refused: list[str] = []
    distinct = {document.id: (name, document) for name, document in readable(files, published, refused)}
    parts = [
        Part(readout, source_of(document)) for document, readout in readouts(distinct.values(), extractor)
    ]
    settings = options.settings()
    style = Style(language=language or settings.summary_language, length=length or settings.summary_length)
    briefings = merge(parts, style=style)
    if (author or ("model" if extractor == "model" else "rules")) == "model":
        briefings = list(_written(briefings, style))
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(briefings), indent=2) + b"\n")
    elif form == "table":
        from api.rendering.terminal import console, table

        for briefing in briefings:
            console().print(table(briefing))
    else:
        from api.rendering.html import html, markdown

        click.echo(html(*briefings) if form == "html" else markdown(*briefings))
    if parts and not briefings:
        complain("none of these documents is about a trade negotiation")
    return 2 if refused else 0


def _written(briefings: "Iterable[Briefing]", style: "Style") -> "Iterator[Briefing]":
    """Briefings with the model's texts. Raises BadSetting where the model is not configured."""
    from pipeline import ModelError
    from pipeline.writing.text import with_written
    from worker.extractors import answers_of, provider
    from worker.writing import author_of

    model = reading_model(options.settings(), "model")
    assert model is not None
    write = author_of(model, provider(model), answers_of(None), style)
    for briefing in briefings:
        try:
            yield with_written(briefing, write(briefing))
        except ModelError as error:
            complain(f"{briefing.title}: the rules wrote its summary, {error}")
            yield briefing


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@options.server
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def compare_command(before: str, after: str, server: str | None, form: str) -> int:
    """Tell in sentences what changed from briefing A to briefing B: revisions of one, or two rounds.

    Each is a file that `readout brief --format json` printed, or the id or slug of a briefing on a running service,
    with @REVISION behind it for an earlier one. Every sentence cites the facts that it rests on.
    """
    from pipeline.writing.changes import changes_as_text

    first, second = (_briefing_at(name, server) for name in (before, after))
    sentences = changes_as_text(first, second)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(sentences), indent=2) + b"\n")
    else:
        for sentence in sentences:
            click.echo(f"{sentence.text} [{', '.join(sentence.fact_ids)}]")
        if not sentences:
            complain("nothing that a sentence could tell has changed")
    return 0


def _briefing_at(name: str, server: str | None) -> "Briefing":
    """A briefing in a file, or on the service. Raises Refused."""
    from schemas import Briefing

    if Path(name).is_file():
        try:
            found = json.decode(contents(name), type=Briefing | list[Briefing])
        except (DecodeError, UnicodeDecodeError) as error:
            raise Refused(f"{name}: it is not what `readout brief --format json` prints ({error})") from None
        briefings = found if isinstance(found, list) else [found]
        if len(briefings) != 1:
            raise Refused(f"{name}: it holds {len(briefings)} briefings: give a file with one")
        return briefings[0]
    from api.cli.client import service_at

    id, _, revision = name.partition("@")
    settings = options.settings()
    with service_at(server or base_url(settings), settings.admin_key) as service:
        return service.briefing(id, revision or None)


if TYPE_CHECKING:
    from pipeline.language.annotate import Annotated
    from pipeline.language.quotations import Quotation
    from pipeline.writing.text import Style
    from schemas import Briefing


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.published
def annotate_command(files: tuple[str, ...], published: str | None) -> int:
    """Print how FILEs (- is standard input) are read, a JSON object a document.

    Sentences, quantities, dates, quotations, people and parties, each with its offsets in the document. A file that
    cannot be read is named on stderr; the others go on, and the exit status is 2.
    """
    from msgspec import json

    from pipeline.language.annotate import annotate

    refused: list[str] = []
    for name, document in readable(files, published, refused):
        sys.stdout.buffer.write(json.encode({"file": name, **_shown(annotate(document))}) + b"\n")
        sys.stdout.buffer.flush()
    return 2 if refused else 0


def _shown(annotated: "Annotated") -> dict[str, list[dict[str, Any]]]:
    """The annotations at offsets of the document, in code points, end exclusive."""

    def at(start: int, end: int, **fields: Any) -> dict[str, Any]:
        place = annotated.source(start, end)
        exact = annotated.document.text[place.start : place.end]
        return {"start": place.start, "end": place.end, "exact": exact, **fields}

    def named(quotation: "Quotation") -> dict[str, Any]:
        """The speaker, or the pronoun that stands for nobody who is named, and the words that tell it."""
        place = annotated.source(quotation.named.start, quotation.named.end) if quotation.named else None
        words = annotated.document.text[place.start : place.end] if place else None
        speaker = quotation.speaker.name if quotation.speaker else words
        return {
            "speaker": speaker,
            "speaker_start": place.start if place else None,
            "speaker_end": place.end if place else None,
        }

    return {
        "sentences": [at(s.start, s.end) for s in annotated.sentences],
        "quantities": [
            at(q.start, q.end, value=q.value, value_high=q.value_high, comparator=q.comparator, unit=q.unit)
            for q in annotated.quantities
        ],
        "dates": [at(d.start, d.end, edtf=d.date.edtf, basis=d.date.basis) for d in annotated.dates],
        "quotations": [at(q.start, q.end, **named(q)) for q in annotated.quotations],
        "people": [at(p.start, p.end, name=p.name, office=p.office, party=p.party) for p in annotated.people],
        "parties": [at(m.start, m.end, code=m.code) for m in annotated.parties],
    }


class _Claim(Struct, frozen=True):
    """A quotation to look for; `start`, if given, tells which of several places is meant."""

    exact: str
    start: int | None = None


class _Place(Struct, frozen=True):
    """Where it stands: `exact` holds the source's own characters, offsets count code points."""

    found: bool
    start: int | None
    end: int | None
    exact: str | None


@click.command()
@click.argument("name", metavar="DOCUMENT")
@click.option(
    "--against",
    metavar="WHAT",
    help="Check DOCUMENT as a draft, on a running service: against all documents (all), or a briefing by its id.",
)
@click.option("--day", metavar="DATE", callback=options.calendar_day,
              help="With --against: the day that the draft's relative dates count from; today without it.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.server
def verify_command(name: str, against: str | None, day: str | None, form: str, server: str | None) -> int:
    """Read {"exact": "..."} a line on standard input, print where each stands in DOCUMENT.

    Quotation marks, dashes, white space and case may differ; words and numbers may not. The exit status
    is 1 if one is missing, 2 if a line is wrong.

    With --against, DOCUMENT is a draft: its quotations, amounts, dates and names are looked for in the sources. What
    is not found is told with what comes nearest, and the exit status is 1.
    """
    if against is not None:
        from api.cli.drafts import check_draft

        return check_draft(name, against, day, form, server)
    text = file_document(name).text
    missing = []
    for number, claim in _claims(sys.stdin.buffer):
        span = locate(text, claim.exact, claim.start)
        if span is None:
            missing.append(number)
            place = _Place(False, None, None, None)
        else:
            place = _Place(True, span.start, span.end, text[span.start : span.end])
        sys.stdout.buffer.write(json.encode(place) + b"\n")
        sys.stdout.buffer.flush()
    if missing:
        complain(f"not in {name}: line {', '.join(map(str, missing))}")
    return 1 if missing else 0


def _claims(lines: Iterable[bytes]) -> Iterator[tuple[int, _Claim]]:
    """Numbered claims of NDJSON; blank lines are passed over. Raises Refused, which names the line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            claim = json.decode(line, type=_Claim)
        except ValidationError as error:
            raise Refused(f'standard input, line {number}: {error}: write {{"exact": "…"}}') from None
        except (DecodeError, UnicodeDecodeError) as error:
            raise Refused(f"standard input, line {number}: it is not JSON ({error})") from None
        if not claim.exact.strip():
            raise Refused(f"standard input, line {number}: `exact` is empty: give the words to look for")
        yield number, claim
