"""What the embedded extractor found and no proven fact of the model covers: it is asked about once."""

from pipeline.extraction.reading import Verified
from pipeline.language.people import same_person
from schemas import Deadline, Delegate, Event, Evidence, Figure
from schemas.facts import Fact


def _touch(left: Fact, right: Fact) -> bool:
    """They rest on overlapping words of the document."""

    def overlap(a: Evidence, b: Evidence) -> bool:
        return a.start < b.end and b.start < a.end

    return any(overlap(a, b) for a in left.evidence for b in right.evidence)


def missing(proven: Verified, candidates: Verified) -> list[str]:
    """A line for each figure, date and person with office that is left out, with the sentence it stands in."""
    lines = [
        f"figure {candidate.as_written!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Figure)
        if not any(
            (f.value, f.unit) == (candidate.value, candidate.unit) and _touch(f, candidate)
            for f in proven.of(Figure)
        )
    ]
    lines += [
        f"date {candidate.date.text!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Deadline)
        if not any(_touch(d, candidate) for d in (*proven.of(Deadline), *proven.of(Event)))
    ]
    lines += [
        f"delegate {candidate.name!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Delegate)
        if not any(
            d.party == candidate.party and same_person(d.name, candidate.name) for d in proven.of(Delegate)
        )
    ]
    return lines
