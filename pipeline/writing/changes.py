"""What changed from one revision, or one round, to another, in sentences that cite the facts of both."""

from collections.abc import Iterator

from pipeline.briefings.diff import FactChange, fact_changes, round_changes
from pipeline.briefings.identity import place
from pipeline.writing.checks import Checker
from pipeline.writing.rules import Draft, Writer, capital, phrases
from schemas import Briefing, ChangedSentence, Deadline, Delegate, Fact, Figure, RoundChange
from schemas.kinds import facts_of
from schemas.vocabulary import DigestChange

MOST_CHANGES_TOLD = 12
_ORDER = {"changed": 0, "added": 1, "gone": 2}


def changes_as_text(before: Briefing, after: Briefing, language: str = "en") -> list[ChangedSentence]:
    """The weightiest changes in sentences: of two revisions of one briefing, or of two rounds between the same sides.

    Each sentence stands before the checks of a summary's, against the facts of both.
    """
    checker = Checker(after, before)
    of = _of_revisions if before.id == after.id else _of_rounds
    drafts = of(before, after, language)
    sentences = [one for one in drafts if not checker.faults(_told(one), one.fact_ids)]
    sentences.sort(key=lambda one: _ORDER.get(one.change, len(_ORDER)))
    return list({one.text: one for one in sentences}.values())[:MOST_CHANGES_TOLD]


def _told(sentence: ChangedSentence) -> str:
    """What a sentence tells of the facts; of one that is gone, what was told."""
    return sentence.text.partition(": ")[2] if sentence.change == "gone" else sentence.text


def _sentence(draft: Draft, change: DigestChange) -> ChangedSentence:
    return ChangedSentence(
        text=draft.text, fact_ids=list(draft.facts), about=draft.about, by="rules", change=change
    )


def _of_revisions(before: Briefing, after: Briefing, language: str) -> list[ChangedSentence]:
    old, new = Writer(before, language), Writer(after, language)
    changes = sorted(fact_changes(before, after), key=lambda one: -one.fact.salience)
    drafts: list[ChangedSentence | None] = [
        _standing(before, after, new),
        *(_of_change(one, old, new) for one in changes),
    ]
    fresh = {conflict.id for conflict in after.conflicts} - {conflict.id for conflict in before.conflicts}
    facts = {fact.id: fact for fact in facts_of(after)}
    for conflict in after.conflicts:
        if (
            conflict.id in fresh
            and conflict.resolution is None
            and (draft := new.of_conflict(conflict, facts))
        ):
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
        text = draft and new.phrases.changes["gone"].format(sentence=draft.text)
        return _sentence(Draft(text, draft.facts, draft.about, 0), "gone") if draft and text else None
    if change.change == "added":
        draft = new.of_fact(change.fact)
        return _sentence(draft, "added") if draft else None
    if change.before is None:
        return None
    if isinstance(change.fact, Deadline) and isinstance(change.before, Deadline) and "date" in change.fields:
        return _moved(change.before, change.fact, new)
    if isinstance(change.fact, Figure) and isinstance(change.before, Figure) and "value" in change.fields:
        return None
    draft = new.of_fact(change.fact) if set(change.fields) & {"status", "positions", "conditions"} else None
    return _sentence(draft, "changed") if draft else None


def _moved(before: Deadline, after: Deadline, new: Writer) -> ChangedSentence | None:
    draft, was = new.of_fact(after), new.day_of(before)
    if draft is None or was is None:
        return None
    text = new.phrases.changes["moved"].format(sentence=draft.text.rstrip("."), before=was)
    return _sentence(Draft(text, tuple(dict.fromkeys((after.id, before.id))), "next", 0), "changed")


def _of_rounds(before: Briefing, after: Briefing, language: str) -> list[ChangedSentence]:
    """What the later round tells otherwise, and what it brings."""
    new = Writer(after, language)
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
    template = phrases(new.language).changes.get(change.kind)
    if template is None or old is None or now is None:
        return None
    party = new.name(now.party) if isinstance(now, Delegate) else ""
    text = template.format(
        party=party, about=change.about, before=change.before.value, after=change.after.value
    )
    return _sentence(Draft(capital(text), (now.id, old.id), "outcome", 0), "changed")
