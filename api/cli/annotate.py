"""`readout annotate`: how each document is read, whatever it is about."""

import sys
from typing import TYPE_CHECKING, Any

import click

from api.cli import options
from api.cli.inputs import readable

if TYPE_CHECKING:
    from pipeline.language.annotate import Annotated
    from pipeline.language.quotations import Quotation


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.published
def command(files: tuple[str, ...], published: str | None) -> int:
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
        speaker = quotation.speaker.name if quotation.speaker else None
        place = annotated.source(quotation.named.start, quotation.named.end) if quotation.named else None
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
