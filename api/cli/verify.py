"""`readout verify`: which quotations stand in a document."""

import sys
from collections.abc import Iterable, Iterator

import click
from msgspec import DecodeError, Struct, ValidationError, json

from api.cli import Refused, complain
from api.cli.inputs import file_document
from pipeline.language.matching import locate


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
def command(name: str) -> int:
    """Read {"exact": "..."} a line on standard input, print where each stands in DOCUMENT.

    Quotation marks, dashes, white space and case may differ; words and numbers may not. The exit status
    is 1 if one is missing, 2 if a line is wrong.
    """
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
