"""A headline and a summary without a model: sentences made from the fields of facts, by the templates of a language.

What a template cannot say of a fact plainly is left out. Nothing is quoted, and what is over is not told as to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from babel import Locale
from msgspec import Struct

from pipeline.briefings.goods import goods_in
from pipeline.briefings.identity import place
from pipeline.language.clauses import VERBS
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import mentions, party_name
from pipeline.writing.checks import Checker
from pipeline.writing.claims import LEFT_OPEN, Told, acts_in, firmness_of, is_denied, speaks_to_a_writer, told
from schemas import (
    Briefing,
    Conflict,
    Deadline,
    Delegate,
    Event,
    Fact,
    Figure,
    Position,
    Stake,
    SummarySentence,
)
from schemas.dates import FuzzyDate
from schemas.kinds import facts_of
from schemas.vocabulary import Party, SentenceAbout

if TYPE_CHECKING:
    from spacy.tokens import Token

_WORDING = lexicon.wording
_OVER = {"concluded", "agreed_in_principle", "signed", "in_force", "suspended", "lapsed"}
_AGREED = {"agreed_in_principle", "signed", "in_force"}
_STANDING = {
    "signed": frozenset({"sign"}), "agreed_in_principle": frozenset({"agree"}), "suspended": frozenset({"suspend"}),
    "lapsed": frozenset({"end", "suspend", "fail"}), "in_force": frozenset({"begin"}),
}  # fmt: skip
"""What a fact tells that bears out how the talks stand."""
_LONGEST_PHRASE = 14
_LONGEST_HEADLINE = 110
_LONGEST_WISH = 150
_SHORTEST_WISH = 4
_PRONOUN = re.compile(
    r"\b(?:we|our|ours|us|you|your|I|my|me|he|she|his|her|him|they|them|this|that|these|those|here|there)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:it|its|their|his|her|our|this|that|these|those|such|both|another|other|one)\b", re.IGNORECASE
)
_MARKS = re.compile(r"[“”\"«»;:—–()\[\]]| - |\.\.\.|…")
_OFFICE = re.compile(
    r"\b(?:delegation|team|side|led|heads?|headed|leads?|talks|colleague|counterpart|charge|negotiates)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:le[ad]d?s?|leading|headed|heading|heads? (?:of|the|its|their)|(?:chief|lead) negotiator|in charge of)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"^(?:the|an?|that) (?:measure|move|step|date|day|time|year|month|week|period|deadline|clock|one)s?$",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(?:(?:two-way|bilateral|goods|merchandise|total) trade|trade (?:in goods )?between|goods worth)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"[%‰°\w]|,? (?:but|only|provided|as long as|on condition|if|unless|"
    r"for (?:up to|no more)|up to|limited|within|until|in return|except)\b"
)
_EXPECTED = re.compile(r"expect(?:s|ed|ing)?|likely|hope[sd]?|aim(?:s|ed)?|plan(?:s|ned)?")
_MOST_DISPUTES = 1


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """The templates of a language."""

    headlines: dict[str, str]
    talks: dict[str, str]
    events: dict[str, str]
    deadlines: dict[str, str]
    positions: dict[str, str]
    people: dict[str, str]
    disputes: dict[str, str]
    figures: dict[str, str]
    changes: dict[str, str]
    words: dict[str, str | list[str]]

    def word(self, name: str, **parts: str) -> str:
        template = self.words[name]
        assert isinstance(template, str)
        return template.format(**parts)


@cache
def phrases(language: str) -> Phrases:
    """The templates of a language, by the name of its file."""
    text = (files(__package__) / "phrases" / f"{language}.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Phrases)


class Draft(Struct, frozen=True):
    text: str
    facts: tuple[str, ...]
    about: SentenceAbout
    weight: float


def write_by_rules(
    briefing: Briefing, language: str = "en"
) -> tuple[SummarySentence | None, list[SummarySentence]]:
    """The headline, and the sentences, those that tell most first. Each stands before the checks of a model's."""
    writer = Writer(briefing, language)
    checker = Checker(briefing)
    found: list[Draft] = []
    for draft in writer.sentences():
        if not checker.faults(draft.text, draft.facts) and draft.text not in {one.text for one in found}:
            found.append(draft)
    head = writer.headline()
    headline = head if head and not checker.faults(head.text, head.facts, heading=True) else None
    return (_sentence(headline) if headline else None), [_sentence(draft) for draft in found]


def _sentence(draft: Draft) -> SummarySentence:
    return SummarySentence(text=draft.text, fact_ids=list(draft.facts), about=draft.about, by="rules")


class Writer:
    def __init__(self, briefing: Briefing, language: str) -> None:
        self.briefing = briefing
        self.talks = briefing.negotiation
        self.language = language
        self.phrases = phrases(language)
        self._locale = Locale(language)
        self._sides = self._named(self.talks.parties)

    # Words.

    def name(self, party: Party) -> str:
        the = self.phrases.words.get("the", [])
        name = party_name(party)
        return f"the {name}" if party in the else name

    def _named(self, parties: Iterable[Party]) -> str:
        return self._listed([self.name(party) for party in parties])

    def _listed(self, words: Sequence[str], joined: str = "and") -> str:
        *others, last = words
        return f"{', '.join(others)} {self.phrases.word(joined)} {last}" if others else last

    def _day(self, day: str, year: bool = True) -> str:
        on = date.fromisoformat(day)
        month = self._locale.months["format"]["wide"][on.month]
        return f"{on.day} {month} {on.year}" if year else f"{on.day} {month}"

    def _when(self, when: FuzzyDate | None, preposition: str = "on") -> str | None:
        """A date as a phrase; None where it is not plain."""
        if when is None or not when.edtf or when.edtf[-1] in "?~%" or not when.earliest or not when.latest:
            return None
        if "/" in when.edtf and when.precision in {"day", "week"}:
            first, last = date.fromisoformat(when.earliest), date.fromisoformat(when.latest)
            start = (
                str(first.day)
                if first.month == last.month
                else self._day(when.earliest, first.year != last.year)
            )
            two = "two_days" if (last - first).days == 1 else "from_to"
            return self.phrases.word(two, first=start, last=self._day(when.latest))
        if when.precision == "day":
            return self.phrases.word(preposition, date=self._day(when.earliest))
        if when.precision not in {"month", "year"} or "/" in when.edtf:
            return None
        first = date.fromisoformat(when.earliest)
        month = self._locale.months["format"]["wide"][first.month]
        return self.phrases.word(
            "in", date=f"{month} {first.year}" if when.precision == "month" else str(first.year)
        )

    def _span(self) -> str | None:
        """The days of the talks, first to last."""
        start, end = self.talks.start, self.talks.end
        if start and end and start.precision == end.precision == "day" and start.earliest != end.latest:
            first, last = date.fromisoformat(start.earliest or ""), date.fromisoformat(end.latest or "")
            begun = (
                str(first.day)
                if first.month == last.month
                else self._day(start.earliest or "", first.year != last.year)
            )
            two = "two_days" if (last - first).days == 1 else "from_to"
            return self.phrases.word(two, first=begun, last=self._day(end.latest or ""))
        return self._when(start)

    # Sentences.

    def sentences(self) -> Iterator[Draft]:
        done = list(self._of_events())
        signed = self.talks.status in {"signed", "suspended"} and bool(done)
        outcome = done if signed else [*self._of_talks(), *done]
        stakes = sorted(self._of_stakes(), key=_weight)
        due = list(self._of_deadlines())
        disputes = list(self._of_conflicts())[:_MOST_DISPUTES]
        rest = [*self._of_trade(), *self._of_heads()]
        yield from outcome[:2]
        yield from due[:1]
        yield from stakes[:2]
        yield from disputes
        yield from due[1:2]
        yield from stakes[2:4]
        yield from rest
        yield from due[2:]
        yield from stakes[4:]
        yield from outcome[2:]

    def of_fact(self, fact: Fact) -> Draft | None:
        """What a fact tells, in a sentence; None where no template says it plainly."""
        match fact:
            case Event() if fact.status == "occurred" and _is_firm(fact):
                return self._of_event(fact)
            case Deadline() if fact.status == "pending" and _is_firm(fact):
                return self._of_deadline(fact)
            case Stake() if _is_firm(fact):
                found = (
                    draft for position in fact.positions for draft, _, _ in self._of_position(fact, position)
                )
                return next(found, None)
        return None

    def headline(self) -> Draft | None:
        """How the talks stand; where they stand nowhere yet, what weighs most."""
        template = self.phrases.headlines.get(self.talks.status)
        proof = self._proof_of_talks()
        if template is None or not self._stands(proof):
            told_first = next((one for one in self.sentences() if len(one.text) <= _LONGEST_HEADLINE), None)
            return (
                msgspec.structs.replace(told_first, text=told_first.text.rstrip(".")) if told_first else None
            )
        place = self.phrases.word("place", venue=self.talks.venue) if self.talks.venue else ""
        text = template.format(parties=self._sides, round=self._round(), place=place)
        return Draft(capital(text), proof, "outcome", 1.0)

    def _round(self) -> str:
        words = (self.talks.round or "").lower()
        if not words or not re.fullmatch(r"(?:\w+ )?round", words):
            return self.phrases.word("round")
        return self.phrases.word("a_round", round=words)

    def _stands(self, proof: Sequence[str]) -> bool:
        """Whether the facts tell how the talks stand, and name the sides."""
        facts = {fact.id: fact for fact in facts_of(self.briefing)}
        words = " ".join(e.exact for id in proof for e in facts[id].evidence)
        named = {m.code for m in mentions(words)} & set(self.talks.parties)
        acts = _STANDING.get(self.talks.status)
        return len(named) >= 2 and (acts is None or bool(acts & acts_in(words)))

    def _proof_of_talks(self) -> tuple[str, ...]:
        """The facts that tell when and where the sides met, weightiest first; else those of who was there."""
        days = {d for d in (self.talks.start, self.talks.end) if d}
        first = min((d.earliest or "" for d in days), default="")
        last = max((d.latest or "" for d in days), default="")
        venue = (self.talks.venue or "").casefold()

        acts = _STANDING.get(self.talks.status, frozenset())

        def tells(fact: Fact) -> bool:
            if acts and not any(acts & acts_in(e.exact) for e in fact.evidence):
                return False
            on = getattr(fact, "date", None)
            if isinstance(fact, Event | Deadline) and on and on.earliest and first <= on.earliest <= last:
                return True
            return bool(venue) and any(venue in e.exact.casefold() for e in fact.evidence)

        ranked = sorted(
            facts_of(self.briefing), key=lambda fact: (not tells(fact), -fact.salience, place(fact))
        )
        return tuple(fact.id for fact in ranked[:2])

    def day_of(self, due: Deadline) -> str | None:
        """The day of a deadline in words, without a preposition; None where it is not plain."""
        phrase = self._when(due.date, "day")
        return phrase.strip() if phrase else None

    def of_talks(self) -> Draft | None:
        """How the talks stand."""
        return next(self._of_talks(), None)

    def _of_talks(self) -> Iterator[Draft]:
        template, proof = self.phrases.talks.get(self.talks.status), self._proof_of_talks()
        if template is None or not self._stands(proof):
            return
        start = self._when(self.talks.start) or ""
        until = ""
        if self.talks.end and self.talks.end.precision == "day" and self.talks.end != self.talks.start:
            until = self.phrases.word("until", date=self._day(self.talks.end.latest or ""))
        place = self.phrases.word("place", venue=self.talks.venue) if self.talks.venue else ""
        when = self._span() or ""
        talks = self.phrases.word("at_talks", place=place, when=when) if place or when else ""
        text = template.format(
            parties=self._sides, round=self._round(), place=place, when=when, start=start, talks=talks,
            until=until if start else "",
        )  # fmt: skip
        yield Draft(capital(text), proof, "outcome", 1.0)

    def _of_events(self) -> Iterator[Draft]:
        for event in sorted(self.briefing.events, key=_rank):
            if event.status == "occurred" and _is_firm(event) and (draft := self._of_event(event)):
                yield draft

    def _of_event(self, event: Event) -> Draft | None:
        for clause in _clauses(event):
            acts = acts_in(clause.verb.text)
            act = next((one for one in self.phrases.events if one in acts), None)
            if (
                act is None
                or clause.open
                or clause.said
                or clause.passive
                or clause.verb.tag_ not in {"VBD", "VBN"}
            ):
                continue
            subject, thing = self._party_of(clause), clause.object
            if not subject or not thing or (when := self._when(event.date)) is None:
                continue
            text = self.phrases.events[act].format(subject=subject, object=thing, place="", when=when)
            return Draft(capital(text), (event.id,), "outcome", event.salience)
        return None

    def _party_of(self, clause: _Clause) -> str | None:
        """The sides by name that do it; None where it is somebody else."""
        words = clause.subject or ""
        codes = list(dict.fromkeys(m.code for m in mentions(words)))
        plain = words
        for mention in reversed(mentions(words)):
            plain = plain[: mention.start] + plain[mention.end :]
        bare = not [w for w in re.findall(r"[^\W\d_]+", plain.lower()) if w not in {"and", "the", "both"}]
        if codes and bare:
            return self._named(codes)
        return (
            self._sides if _WORDING.both.fullmatch(words.lower()) and len(self.talks.parties) == 2 else None
        )

    def _of_deadlines(self) -> Iterator[Draft]:
        pending = [
            one for one in self.briefing.deadlines if one.status == "pending" and _is_firm(one) and one.date
        ]
        last = max((s.published.latest or "" for s in self.briefing.sources if s.published), default="")
        ahead = [one for one in pending if one.date and (one.date.latest or "") >= last]
        for due in sorted(ahead, key=lambda one: (one.date.latest or "" if one.date else "", -one.salience)):
            if draft := self._of_deadline(due):
                yield draft

    def _of_deadline(self, due: Deadline) -> Draft | None:
        on, by = self._when(due.date), self._when(due.date, "by")
        if on is None or by is None:
            return None
        condition = next(
            (
                f" {c.text}"
                for c in due.conditions
                if c.text.startswith("unless ") and _is_plain(c.text) and len(c.text) < 90
            ),
            "",
        )
        fullest = sorted(_clauses(due), key=lambda clause: -len(clause.subject or ""))
        for clause in fullest:
            if clause.denied or clause.said:
                continue
            template = self._template(due, clause)
            subject = clause.subject
            if template == "again":
                text = self.phrases.deadlines[template].format(parties=self._sides, when=on)
                return Draft(capital(text), (due.id,), "next", due.salience)
            if template is None or subject is None or _VAGUE.match(subject):
                continue
            text = self.phrases.deadlines[template].format(
                subject=subject, be="are" if clause.plural else "is", run="run" if clause.plural else "runs",
                done=clause.verb.text, when=on, by=by, condition=condition,
            )  # fmt: skip
            return Draft(capital(text), (due.id,), "next", due.salience)
        return None

    def _template(self, due: Deadline, clause: _Clause) -> str | None:
        """By which template a clause tells what falls due; None where it tells something else of the day."""
        acts = acts_in(clause.phrase)
        if due.kind == "measure_expiry" and "end" in acts and not clause.passive:
            return "measure_expiry"
        if due.kind == "entry_into_force" and "begin" in acts and not clause.passive:
            return "expected" if clause.expected else "entry_into_force"
        if due.kind == "signing" and "sign" in acts and clause.passive:
            return "signing"
        if due.kind == "ratification" and "ratify" in acts and clause.passive:
            return "ratification"
        if due.kind == "meeting":
            subject = clause.subject or ""
            if (
                "meet" in acts
                and not clause.passive
                and (
                    _WORDING.both.fullmatch(subject.lower())
                    or {m.code for m in mentions(subject)} == set(self.talks.parties)
                )
            ):
                return "again"
            if "meet" in acts_in(clause.head) and (
                clause.passive or "begin" in acts or clause.verb.lemma_ == "be"
            ):
                return "meeting"
        if due.kind in {"target", "ultimatum", "other"} and clause.passive and not clause.open:
            return "done"
        return None

    def _of_stakes(self) -> Iterator[Draft]:
        told_of: set[tuple[Party, str, frozenset[str]]] = set()
        for stake in self.briefing.stakes:
            if not _is_firm(stake):
                continue
            said: set[Party] = set()
            for position in stake.positions:
                if position.party in said:
                    continue
                draft, kind, words = next(self._of_position(stake, position), (None, "", ""))
                key = (position.party, kind, goods_in(words))
                if draft and key not in told_of:
                    told_of.add(key)
                    said.add(position.party)
                    yield draft

    def _of_position(self, stake: Stake, position: Position) -> Iterator[tuple[Draft, str, str]]:
        over = self.talks.status in _OVER
        for kind, past, words in (
            ("ask", "asked", position.ask), ("offer", "offer", position.offer),
            ("red_line", "refused", position.red_line),
        ):  # fmt: skip
            if words is None:
                continue
            words = _with_its_end(words, [*position.evidence, *stake.evidence])
            form = _form_of(words, [*position.evidence, *stake.evidence], kind)
            if form is None:
                continue
            if form == "will" and not self._is_settled(stake):
                form = "to"
            name = "will" if form == "will" else (past if over else kind) + ("_to" if form == "to" else "")
            if len(words.split()) < _SHORTEST_WISH:
                continue
            text = self.phrases.positions[name].format(
                party=self.name(position.party), words=words.rstrip(" .,")
            )
            yield Draft(capital(text), (stake.id,), "stakes", stake.salience), kind, words

    def _of_conflicts(self) -> Iterator[Draft]:
        facts = {fact.id: fact for fact in facts_of(self.briefing)}
        for conflict in self.briefing.conflicts:
            if conflict.resolution is None and (draft := self.of_conflict(conflict, facts)):
                yield draft

    def _is_settled(self, stake: Stake) -> bool:
        """Whether what a side says it will do is agreed: by how the talks stand, or else by an official source."""
        if self.talks.status in _AGREED:
            return True
        return stake.certainty == "confirmed" and self.talks.status in {"unknown", "announced"}

    def of_conflict(self, conflict: Conflict, facts: dict[str, Fact]) -> Draft | None:
        ids = tuple(dict.fromkeys(id for p in conflict.positions for id in p.fact_ids))
        values = [p.value for p in conflict.positions]
        cited = [facts[id] for id in ids]
        if any(not _is_plain(value) or len(value) > 60 for value in values):
            return None
        if conflict.kind == "attribution" and all(isinstance(f, Delegate) for f in cited):
            party = cited[0].party if isinstance(cited[0], Delegate) else ""
            about = self.phrases.word("who_leads", party=self.name(party))
        elif conflict.kind == "value" and all(isinstance(f, Figure) for f in cited):
            what = conflict.about.partition(": ")[2]
            if len(what.split()) < 2 or not _is_plain(what) or _LEANING.match(what):
                return None
            about = self.phrases.word("how_much", what=what)
        else:
            return None
        text = self.phrases.disputes[conflict.kind].format(
            about=about, values=self._listed([self._people(value) for value in values], "or")
        )
        return Draft(capital(text), ids, "dispute", 1.0)

    def _people(self, value: str) -> str:
        """Three names or more as a list."""
        names = value.split(" and ")
        return self._listed(names) if len(names) > 2 else value

    def _of_heads(self) -> Iterator[Draft]:
        """Who leads, all sides in a sentence."""
        parts, ids = [], []
        over = self.talks.status in _OVER
        for side in self.briefing.delegations:
            heads = [
                m
                for m in side.members
                if m.head and m.name and _is_firm(m) and any(_LEADS.search(e.exact) for e in m.evidence)
            ]
            if side.head not in {"sole", "joint"} or not heads:
                continue
            people = self._listed([self._person(one) for one in heads])
            name = "led" if over else "lead" if len(heads) > 1 else "leads"
            parts.append(self.phrases.people[name].format(people=people, party=self.name(side.party)))
            ids += [one.id for one in heads]
        for part, id in zip(parts, ids, strict=False) if len(parts) == len(ids) else ():
            yield Draft(capital(f"{part}."), (id,), "background", 0.4)

    def _person(self, delegate: Delegate) -> str:
        office = delegate.role
        if _OFFICE.search(office) or not _is_plain(office) or len(office.split()) > 7:
            return delegate.name or ""
        return (
            f"{delegate.name}, {office},"
            if office[:1].islower() or " of " in office
            else f"{office} {delegate.name}"
        )

    def _of_trade(self) -> Iterator[Draft]:
        if len(self.talks.parties) != 2:
            return
        for figure in self.briefing.figures:
            if figure.measure != "trade_value" or figure.status != "actual" or not _is_firm(figure):
                continue
            on = self._when(figure.period)
            lines = [" ".join(e.exact.split()) for e in figure.evidence]
            line = next(
                (each for each in lines if _TRADE.search(each) and len(told(each).amounts) == 1), None
            )
            if on is None or line is None or figure.as_written not in line or figure.comparator != "eq":
                continue
            sides = {m.code for m in mentions(line)}
            if (
                not sides <= set(self.talks.parties)
                or figure.period is None
                or figure.period.text not in line
            ):
                continue
            name = "goods_trade" if "goods" in goods_words(line) else "trade"
            text = self.phrases.figures[name].format(parties=self._sides, value=figure.as_written, when=on)
            yield Draft(text, (figure.id,), "background", figure.salience)


def goods_words(line: str) -> set[str]:
    return set(re.findall(r"\w+", line.lower()))


def _weight(draft: Draft) -> float:
    return -draft.weight


def _rank(fact: Fact) -> tuple[float, tuple[str, int, int]]:
    return -fact.salience, place(fact)


def _is_firm(fact: Fact) -> bool:
    """Whether nobody disputes it, and it is more than somebody's word; and no words of it speak to a writer."""
    spoken = any(speaks_to_a_writer(e.exact) for e in fact.evidence)
    return fact.certainty in {"confirmed", "reported"} and not spoken


def _is_plain(words: str) -> bool:
    return not (_PRONOUN.search(words) or _MARKS.search(words))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Clause(Struct, frozen=True):
    """The clause that a day of a fact stands in. `subject` and `object`: whole phrases, None where not plain."""

    verb: Any
    phrase: str
    subject: str | None
    head: str
    plural: bool
    object: str | None
    passive: bool
    denied: bool
    open: bool
    expected: bool
    said: bool


def _clauses(fact: Deadline | Event) -> Iterator[_Clause]:
    """The clauses that tell the day of a fact, in what proves it."""
    if fact.date is None:
        return
    for text in dict.fromkeys(" ".join(e.exact.split()) for e in fact.evidence):
        read = told(text)
        for sentence in read.annotated.sentences:
            for mention in read.annotated.dates:
                if not sentence.start <= mention.start < sentence.end or sentence.tokens is None:
                    continue
                if " ".join(mention.text.split()) != " ".join(fact.date.text.split()):
                    continue
                head = next(
                    (
                        t
                        for t in sentence.tokens
                        if t.idx + sentence.shift >= mention.start and t.idx + sentence.shift < mention.end
                    ),
                    None,
                )
                verb = (
                    next((s for s in (head, *head.ancestors) if s.pos_ in VERBS), None)
                    if head is not None
                    else None
                )
                if verb is not None:
                    yield _read(verb, read)


def _read(verb: Token, read: Told) -> _Clause:
    subject = next((c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    passive = subject is not None and subject.dep_ == "nsubjpass"
    if subject is not None and subject.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl":
        subject = verb.head
    thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
    above = [verb, *verb.ancestors]
    said = any(step.dep_ == "ccomp" and lexicon.modality.says.fullmatch(step.head.text) for step in above)
    last = max(
        (c.i for c in verb.children if c.dep_ in {"prt", "dobj", "prep"} and 0 < c.i - verb.i <= 2),
        default=verb.i,
    )
    behind = verb.doc[verb.i : min(last + 2, len(verb.doc))].text
    return _Clause(
        verb=verb,
        phrase=behind,
        subject=_phrase(subject, verb) if subject is not None else None,
        head=subject.text if subject is not None else "",
        plural=subject is not None
        and (subject.tag_ in {"NNS", "NNPS"} or any(c.dep_ == "conj" for c in subject.children)),
        object=_phrase(thing, verb) if thing is not None else None,
        passive=passive,
        denied=is_denied(verb),
        open=firmness_of(verb) == LEFT_OPEN,
        expected=any(_EXPECTED.fullmatch(step.text) for step in above),
        said=said,
    )


def _phrase(noun: Token, verb: Token) -> str | None:
    """A noun with what belongs to it, up to where a clause or an aside begins; None where it leans on other words."""
    if noun.pos_ not in {"NOUN", "PROPN"}:
        return noun.text if noun.lower_ in {"both"} else None
    cut = [
        c
        for c in noun.subtree
        if c.dep_ in {"relcl", "acl", "appos", "advcl", "parataxis"}
        or (c.is_punct and c.text in {",", "(", "—", "–"})
    ]
    first = noun.left_edge.i
    last = min(
        [
            c.left_edge.i if not c.is_punct else c.i
            for c in cut
            if (c.left_edge.i if not c.is_punct else c.i) > noun.i
        ]
        + [noun.right_edge.i + 1]
    )
    if any(c.i < noun.i for c in cut if c.dep_ not in {"appos"} and not c.is_punct):
        return None
    words = noun.doc[first:last].text.strip()
    if _LEANING.match(words) or not _is_plain(words) or re.search(r"\b(?:its|their)\b", words):
        return None
    if len(words.split()) > _LONGEST_PHRASE or verb.i in range(first, last):
        return None
    return (
        words[:1].lower() + words[1:]
        if noun.doc[first].pos_ in {"DET", "ADP", "ADJ", "NOUN", "NUM"}
        else words
    )


_TAIL = re.compile(r" (?:for|on|from) (?:its|their|the)?[\w’' -]{2,40}?(?=[.;]|$)")


def _with_its_end(words: str, evidence: Iterable[Any]) -> str:
    """A wish with what it is for, where the parse cut that off: "a quota of 500 tonnes" + "for its cheese"."""
    plain = words.rstrip(" .,")
    for e in evidence:
        line = " ".join(e.exact.split())
        at = line.find(plain)
        tail = _TAIL.match(line, at + len(plain)) if at >= 0 else None
        if tail and not any(told(tail[0]).days):
            return plain + tail[0]
    return words


def _form_of(words: str, evidence: Iterable[Any], kind: str) -> str | None:
    """How a wish is told: `to` before a verb, `plain` as it is; None where neither reads well."""
    plain = words.rstrip(" .,")
    if (
        not _is_plain(plain)
        or _LEANING.match(plain)
        or len(plain) > _LONGEST_WISH
        or not re.search(r"[\w%]$", plain)
        or re.search(r"\b(?:as follows|following)\b", plain)
        or plain.startswith("offer")
    ):
        return None
    for e in evidence:
        line = " ".join(e.exact.split())
        at = line.find(plain)
        if at < 0:
            continue
        if _GOES_ON.match(line[at + len(plain) :]):
            return None  # cut before what limits it
        read = told(line)
        for sentence in read.annotated.sentences:
            if sentence.tokens is None:
                continue
            inside = [t for t in sentence.tokens if at <= t.idx + sentence.shift < at + len(plain)]
            if not inside or len(" ".join(t.text for t in inside)) < len(plain) - 8:
                continue
            root = next((t for t in inside if t.head not in inside or t.head == t), None)
            if root is None:
                return None
            before = inside[0].i and inside[0].nbor(-1).lower_
            after = inside[-1].doc[inside[-1].i + 1 : inside[-1].i + 2]
            if any(word.tag_ in {"MD", "VBZ", "VBD", "VBP"} for word in after):
                return None  # a noun of it is the subject of what follows
            if before in {"to", "will", "shall"} and inside[0].tag_ in {"VB", "VBP", "NN", "NNP"}:
                if not _is_whole(inside):
                    return None
                return "to" if before == "to" else "will"
            return _form(root, inside, kind)
    return None


def _is_verb_too(inside: Sequence[Token]) -> bool:
    """Whether the first word may be a verb: the parse took "allow access" for a name of access."""
    words = "".join(word.text_with_ws for word in inside)
    read = [t for t in told(f"They agreed to {words}").tokens][3:4]
    return any(word.tag_ == "VB" for word in read)


def _is_whole(inside: Sequence[Token]) -> bool:
    """Whether a verb stands with what it takes: none that is cut off before its object."""
    verb = inside[0]
    heads = [c for c in verb.children if c.dep_ in {"dobj", "ccomp", "xcomp", "prep", "acomp"}]
    ends = inside[-1].pos_ not in {"ADP", "CCONJ", "DET", "PART", "SCONJ"}
    return (
        ends
        and bool(heads)
        and all(c in inside for c in heads if c.dep_ in {"dobj", "ccomp", "xcomp"})
        and any(c in inside for c in heads if c.dep_ != "prep")
    )


def _form(root: Token, inside: Sequence[Token], kind: str) -> str | None:
    if root.pos_ in {"NOUN", "PROPN", "NUM"} or root.tag_ == "CD":
        if inside[0].pos_ not in {"DET", "NUM", "ADJ"} and _is_verb_too(inside):
            return None
        return "plain" if inside[-1].pos_ not in {"ADP", "CCONJ", "DET", "PART"} else None
    if root.pos_ not in VERBS:
        return None
    if root.tag_ == "VBG":
        return "plain" if kind == "red_line" and root == inside[0] else None
    if root.tag_ in {"VB", "VBP"} and root == inside[0]:
        return "to"
    helped = any(c.tag_ == "TO" for c in root.children if c in inside)
    return "plain" if kind == "ask" and helped else None
