"""Two revisions of a briefing side by side, word for word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from api.rendering.outline import entry_of, source_line, standing
from api.rendering.wording import in_words, settlement
from pipeline.briefings.diff import fact_changes
from schemas import Briefing, Conflict, Fact
from schemas.vocabulary import DigestChange

_WORDS = re.compile(r"\s+|[^\s]+")


class WordRun(Struct, frozen=True):
    """WordRun that both have, or that one of them has alone: `change` is empty, `added` or `gone`."""

    change: str
    text: str


class ComparedLine(Struct, frozen=True):
    """Something that came, went or reads otherwise. `kind`: what it is, in words."""

    change: DigestChange
    kind: str
    words: list[WordRun]


def compared_pages(before: Briefing, after: Briefing) -> list[ComparedLine]:
    """What the page of the one says otherwise than that of the other."""
    lines = [
        *_texts("title", before.title, after.title),
        *_texts("state of the talks", standing(before) or "", standing(after) or ""),
        *_texts("headline", _headline(before), _headline(after)),
        *_texts("summary", _summary(before), _summary(after)),
    ]
    for change in fact_changes(before, after):
        old = change.fact if change.change == "gone" else change.before
        new = None if change.change == "gone" else change.fact
        lines += _texts(in_words(change.kind), _line(old), _line(new))
    for kind, told in (("conflict", _conflicts), ("source", _sources)):
        was, now = told(before), told(after)
        for id in dict.fromkeys([*now, *was]):
            lines += _texts(kind, was.get(id, ""), now.get(id, ""))
    return lines


def changed_words(before: str, after: str) -> list[WordRun]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    words: list[WordRun] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            words.append(WordRun("", "".join(old[i:j])))
            continue
        words += [WordRun("gone", "".join(old[i:j]))] if i < j else []
        words += [WordRun("added", "".join(new[k:m]))] if k < m else []
    return words


def _texts(kind: str, before: str, after: str) -> Iterator[ComparedLine]:
    if before != after:
        change: DigestChange = "changed" if before and after else "added" if after else "gone"
        yield ComparedLine(change, kind, changed_words(before, after))


def _headline(briefing: Briefing) -> str:
    return briefing.headline.text if briefing.headline else ""


def _summary(briefing: Briefing) -> str:
    return " ".join(sentence.text for sentence in briefing.summary)


def _line(fact: Fact | None) -> str:
    if fact is None:
        return ""
    entry = entry_of(fact)
    told = filter(None, (entry.lead, entry.body, *entry.notes, *(point.text for point in entry.points)))
    return " · ".join((*told, fact.certainty))


def _conflicts(briefing: Briefing) -> dict[str, str]:
    return {one.id: _conflict(one) for one in briefing.conflicts}


def _conflict(conflict: Conflict) -> str:
    sides = " or ".join(position.value for position in conflict.positions)
    return " · ".join(filter(None, (f"{conflict.about}: {sides}", settlement(conflict))))


def _sources(briefing: Briefing) -> dict[str, str]:
    return {one.document_id: source_line(one) for one in briefing.sources}
