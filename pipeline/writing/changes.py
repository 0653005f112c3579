"""What changed from one revision, or one round, to another, in sentences that cite the facts of both."""

from collections.abc import Iterator

from msgspec.structs import replace

from pipeline.briefings.diff import FactChange, fact_changes, round_changes
from pipeline.briefings.identity import place
from pipeline.writing.checks import Checker
from pipeline.writing.phrases import phrases
from pipeline.writing.rules import Draft, Writer, capital
from schemas import Briefing, ChangedSentence, Deadline, Delegate, Fact, RoundChange
from schemas.kinds import facts_of
from schemas.vocabulary import DigestChange

MOST_CHANGES_TOLD = 12
_CHANGES = phrases("en").changes
_ORDER = {"changed": 0, "added": 1, "gone": 2}


def changes_as_text(before: Briefing, after: Briefing) -> list[ChangedSentence]:
    """The weightiest changes in sentences: of two revisions of one briefing, or of two rounds between the same sides.

    Each sentence stands before the checks of a summary's, against the facts of both.
    """
    checker = Checker(after, before)
    of = _of_revisions if before.id == after.id else _of_rounds
    drafts = of(before, after)
    sentences = [one for one in drafts if not checker.faults(_told(one), one.fact_ids)]
    sentences.sort(key=lambda one: _ORDER.get(one.change, len(_ORDER)))
    return list({one.text: one for one in sentences}.values())[:MOST_CHANGES_TOLD]


def _told(sentence: ChangedSentence) -> str:
    """What a sentence tells of the facts; of one that is gone, what was told."""
    return sentence.text.partition(": ")[2] if sentence.change == "gone" else sentence.text


def _sentence(draft: Draft, change: DigestChange) -> ChangedSentence:
    return ChangedSentence(
        text=draft.text,
        fact_ids=list(draft.facts),
        about=draft.about,
        by="rules",
        original=None,
        unproven=[],
        change=change,
    )


def _of_revisions(before: Briefing, after: Briefing) -> list[ChangedSentence]:
    old, new = Writer(before, "en"), Writer(after, "en")
    changes = sorted(fact_changes(before, after), key=lambda one: -one.fact.salience)
    drafts: list[ChangedSentence | None] = [
        _standing(before, after, new),
        *(_of_change(one, old, new) for one in changes),
    ]
    fresh = {conflict.id for conflict in after.conflicts} - {conflict.id for conflict in before.conflicts}
    for conflict in after.conflicts:
        if conflict.id in fresh and conflict.resolution is None and (draft := new.of_conflict(conflict)):
            drafts.append(_sentence(draft, "added"))
    return [one for one in drafts if one]


def _standing(before: Briefing, after: Briefing, new: Writer) -> ChangedSentence | None:
    """How the talks stand now, where that has changed."""
    if before.negotiation.status == after.negotiation.status:
        return None
    draft = new.of_talks()
    return _sentence(draft, "changed") if draft else None


def _of_change(change: FactChange, old: Writer, new: Writer) -> ChangedSentence | None:
    if change.change == "gone":
        draft = old.of_fact(change.fact)
        return _sentence(_filled("gone", draft, sentence=draft.text), "gone") if draft else None
    if change.change == "added":
        draft = new.of_fact(change.fact)
        return _sentence(draft, "added") if draft else None
    if change.before is None:
        return None
    if isinstance(change.fact, Deadline) and isinstance(change.before, Deadline) and "date" in change.fields:
        return _moved(change.before, change.fact, new)
    draft = new.of_fact(change.fact) if set(change.fields) & {"status", "positions", "conditions"} else None
    return _sentence(draft, "changed") if draft else None


def _moved(before: Deadline, after: Deadline, new: Writer) -> ChangedSentence | None:
    draft, was = new.of_fact(after), new.day_of(before)
    if draft is None or was is None:
        return None
    both = replace(draft, facts=tuple(dict.fromkeys((after.id, before.id))))
    return _sentence(_filled("moved", both, sentence=draft.text.rstrip("."), before=was), "changed")


def _filled(template: str, draft: Draft, **parts: str) -> Draft:
    """A draft with the words of a template of changes."""
    return replace(draft, text=_CHANGES[template].format(**parts))


def _of_rounds(before: Briefing, after: Briefing) -> list[ChangedSentence]:
    """What the later round tells otherwise, and what it brings."""
    new = Writer(after, "en")
    facts = {fact.id: fact for one in (before, after) for fact in facts_of(one)}
    changes = round_changes([before, after])
    drafts: list[ChangedSentence | None] = [_standing(before, after, new)]
    drafts += [_of_round_change(change, facts, new) for change in changes]
    known = {change.after.fact_id for change in changes}
    fresh = [fact for fact in facts_of(after) if fact.id not in known]
    drafts += [_sentence(draft, "added") for fact in _weightiest(fresh) if (draft := new.of_fact(fact))]
    return [one for one in drafts if one]


def _weightiest(facts: list[Fact]) -> Iterator[Fact]:
    yield from sorted(facts, key=lambda fact: (-fact.salience, place(fact)))[:MOST_CHANGES_TOLD]


def _of_round_change(change: RoundChange, facts: dict[str, Fact], new: Writer) -> ChangedSentence | None:
    old, now = facts.get(change.before.fact_id), facts.get(change.after.fact_id)
    if isinstance(old, Deadline) and isinstance(now, Deadline):
        return _moved(old, now, new)
    template = _CHANGES.get(change.kind)
    if template is None or old is None or now is None:
        return None
    party = new.name(now.party) if isinstance(now, Delegate) else ""
    text = template.format(
        party=party, about=change.about, before=change.before.value, after=change.after.value
    )
    return _sentence(Draft(capital(text), (now.id, old.id), "outcome", change.kind), "changed")
