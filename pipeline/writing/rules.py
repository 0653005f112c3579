"""A headline and a summary without a model: sentences made from the fields of facts, by the templates of a language.

What a template cannot say of a fact plainly is left out. Nothing is quoted, and what is over is not told as to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, islice, repeat

from babel import Locale
from babel.numbers import format_decimal, get_currency_name
from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings.goods import goods_in
from pipeline.briefings.salience import by_salience
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import mentions, party_name
from pipeline.writing.checks import Checker
from pipeline.writing.claims import acts_in, speaks_to_a_writer, told
from pipeline.writing.edition import english_edition
from pipeline.writing.material import MOST_SENTENCES
from pipeline.writing.phrases import phrases
from pipeline.writing.phrasing import Clause, clauses_of_day, form_of, is_plain, leans, with_its_end
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
    proving_words,
)
from schemas.dates import FuzzyDate
from schemas.kinds import facts_of
from schemas.vocabulary import Party, SentenceAbout

_WORDING = lexicon.wording
_OVER = {"concluded", "agreed_in_principle", "signed", "in_force", "suspended", "lapsed"}
_AGREED = {"agreed_in_principle", "signed", "in_force"}
_STANDING = {
    "signed": frozenset({"sign"}), "agreed_in_principle": frozenset({"agree"}), "suspended": frozenset({"suspend"}),
    "lapsed": frozenset({"end", "suspend", "fail"}), "in_force": frozenset({"begin"}),
}  # fmt: skip
"""What a fact tells that bears out how the talks stand."""
_LONGEST_HEADLINE = 110
_SHORTEST_WISH = 4
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
_MOST_DISPUTES = 1


class Draft(Struct, frozen=True):
    """A sentence before it is checked. `template` tells by which one it was made, in whatever language."""

    text: str
    facts: tuple[str, ...]
    about: SentenceAbout
    template: str


def write_by_rules(
    briefing: Briefing, language: str = "en"
) -> tuple[SummarySentence | None, list[SummarySentence]]:
    """The headline, and as many sentences as a long text has, those that tell most first. Each stands before the
    checks of a model's.

    The checks read English: in another language a sentence stands where the same template of the same facts does so
    there, and is filled with nothing but parties, names, days and amounts.
    """
    briefing = english_edition(briefing)
    english, checker = Writer(briefing, "en"), Checker(briefing)
    sound = _sound(english, checker)
    head = english.headline()
    headline = head if head and not checker.faults(head.text, head.facts, heading=True) else None
    if language == "en":
        sentences = [_sentence(draft) for draft in islice(sound, MOST_SENTENCES)]
        return (_sentence(headline) if headline else None), sentences
    writer = Writer(briefing, language)
    drafts = {(one.template, one.facts): one for one in writer.sentences()}
    told = (
        _sentence(draft, one.text)
        for one in sound
        if (draft := drafts.get((one.template, one.facts))) is not None
    )
    sentences = list(islice(told, MOST_SENTENCES))
    head = writer.headline()
    if head is None or headline is None or head.template != headline.template:
        return None, sentences
    return _sentence(head, headline.text), sentences


def _sound(writer: Writer, checker: Checker) -> Iterator[Draft]:
    """The sentences that stand before the checks, each once."""
    found: set[str] = set()
    for draft in writer.sentences():
        if draft.text not in found and not checker.faults(draft.text, draft.facts):
            found.add(draft.text)
            yield draft


def _sentence(draft: Draft, original: str | None = None) -> SummarySentence:
    return SummarySentence(
        text=draft.text,
        fact_ids=list(draft.facts),
        about=draft.about,
        by="rules",
        original=original,
        unproven=[],
    )


class Writer:
    """Sentences of one briefing in one language. Nobody has checked them yet."""

    def __init__(self, briefing: Briefing, language: str) -> None:
        self.briefing = briefing
        self.talks = briefing.negotiation
        self.language = language
        self.phrases = phrases(language)
        self._locale = Locale(language)
        self._sides = self._named(self.talks.parties)

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in facts_of(self.briefing)}

    # Words.

    def name(self, party: Party) -> str:
        article = self.phrases.articles.get(party)
        name = self.phrases.names.get(party) or party_name(party, self.language)
        return f"{article} {name}" if article else name

    def _named(self, parties: Iterable[Party]) -> str:
        return self.phrases.joined([self.name(party) for party in parties])

    def _day(self, on: date, form: str = "day_of_year") -> str:
        month = self._locale.months["format"]["wide"][on.month]
        return self.phrases.word(form, day=str(on.day), month=month, year=str(on.year))

    def _when(self, when: FuzzyDate | None, preposition: str = "on") -> str | None:
        """A date as a phrase; None where it is not plain."""
        if when is None or not when.edtf or when.edtf[-1] in "?~%" or not when.earliest or not when.latest:
            return None
        first, last = date.fromisoformat(when.earliest), date.fromisoformat(when.latest)
        if "/" in when.edtf:
            return self._from_to(first, last) if when.precision in {"day", "week"} else None
        if when.precision == "day":
            return self.phrases.word(preposition, date=self._day(first))
        if when.precision == "month":
            return self.phrases.word("in", date=self._day(first, "month_of_year"))
        return self.phrases.word("in", date=str(first.year)) if when.precision == "year" else None

    def _from_to(self, first: date, last: date) -> str:
        if first.year != last.year:
            begun = self._day(first)
        else:
            begun = self._day(first, "day_of_month") if first.month != last.month else str(first.day)
        return self.phrases.word(
            "two_days" if (last - first).days == 1 else "from_to", first=begun, last=self._day(last)
        )

    def _span(self) -> str | None:
        """The days of the talks, first to last."""
        start, end = self.talks.start, self.talks.end
        if start and end and start.precision == end.precision == "day" and start.earliest != end.latest:
            return self._from_to(
                date.fromisoformat(start.earliest or ""), date.fromisoformat(end.latest or "")
            )
        return self._when(start)

    def _draft(
        self, template: str, facts: tuple[str, ...], about: SentenceAbout, **parts: str
    ) -> Draft | None:
        text = self.phrases.text(template, **parts)
        return Draft(capital(text), facts, about, template) if text else None

    # Sentences.

    def sentences(self) -> Iterator[Draft]:
        """Those that tell most come first. None is made before it is asked for: there are as many as facts."""
        done = self._of_events()
        first = list(islice(done, 1))
        signed = self.talks.status in {"signed", "suspended"} and bool(first)
        outcome = chain(() if signed else self._of_talks(), first, done)
        stakes, due = self._of_stakes(), self._of_deadlines()
        yield from islice(outcome, 2)
        yield from islice(due, 1)
        yield from islice(stakes, 2)
        yield from islice(self._of_conflicts(), _MOST_DISPUTES)
        yield from islice(due, 1)
        yield from islice(stakes, 2)
        yield from self._of_trade()
        yield from self._of_heads()
        yield from due
        yield from stakes
        yield from outcome

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
        proof = self._proof_of_talks
        parts = {"parties": self._sides, "round": self._round(), "place": self._place()}
        standing = self._draft(f"headlines.{self.talks.status}", proof, "outcome", **parts)
        if standing and self._stands(proof):
            return standing
        first = next((one for one in self.sentences() if len(one.text) <= _LONGEST_HEADLINE), None)
        return replace(first, text=first.text.rstrip(".")) if first else None

    def _place(self) -> str:
        venue = self.talks.venue
        return self.phrases.word("place", venue=self.phrases.places.get(venue, venue)) if venue else ""

    def _round(self) -> str:
        words = (self.talks.round or "").lower()
        if not words or not re.fullmatch(r"(?:\w+ )?round", words):
            return self.phrases.word("round")
        return self.phrases.words.get("a_round", self.phrases.word("round")).format(round=words)

    def _stands(self, proof: Sequence[str]) -> bool:
        """Whether the facts tell how the talks stand, and name the sides."""
        texts = {e.exact for id in proof for e in self._facts[id].evidence}
        named = {m.code for text in texts for m in mentions(text)} & set(self.talks.parties)
        acts = _STANDING.get(self.talks.status)
        return len(named) >= 2 and (acts is None or any(acts & acts_in(text) for text in texts))

    @cached_property
    def _proof_of_talks(self) -> tuple[str, ...]:
        """The facts that tell when and where the sides met, weightiest first; else those of who was there."""
        days = {d for d in (self.talks.start, self.talks.end) if d}
        first = min((d.earliest or "" for d in days), default="")
        last = max((d.latest or "" for d in days), default="")
        venue = (self.talks.venue or "").casefold()

        acts = _STANDING.get(self.talks.status, frozenset())

        def tells(fact: Fact) -> bool:
            # There are thousands of texts in a long round.
            if acts and all(map(acts.isdisjoint, map(acts_in, proving_words(fact)))):
                return False
            on = getattr(fact, "date", None)
            if isinstance(fact, Event | Deadline) and on and on.earliest and first <= on.earliest <= last:
                return True
            return bool(venue) and any(map(_has_words, proving_words(fact), repeat(venue)))

        telling = islice(by_salience(facts_of(self.briefing), tells), 2)
        weightiest = islice(by_salience(facts_of(self.briefing)), 2)
        return tuple(dict.fromkeys(fact.id for fact in (*telling, *weightiest)))[:2]

    def day_of(self, due: Deadline) -> str | None:
        """The day of a deadline in words, without a preposition; None where it is not plain."""
        phrase = self._when(due.date, "day")
        return phrase.strip() if phrase else None

    def of_talks(self) -> Draft | None:
        """How the talks stand."""
        return next(self._of_talks(), None)

    def _of_talks(self) -> Iterator[Draft]:
        proof = self._proof_of_talks
        if not self._stands(proof):
            return
        start = self._when(self.talks.start) or ""
        until = ""
        if self.talks.end and self.talks.end.precision == "day" and self.talks.end != self.talks.start:
            until = self.phrases.word(
                "until", date=self._day(date.fromisoformat(self.talks.end.latest or ""))
            )
        place, when = self._place(), self._span() or ""
        talks = self.phrases.word("at_talks", place=place, when=when) if place or when else ""
        draft = self._draft(
            f"talks.{self.talks.status}", proof, "outcome", parties=self._sides, round=self._round(),
            place=place, when=when, start=start, talks=talks, until=until if start else "",
        )  # fmt: skip
        if draft:
            yield draft

    def _of_events(self) -> Iterator[Draft]:
        for event in by_salience(self.briefing.events):
            if event.status == "occurred" and _is_firm(event) and (draft := self._of_event(event)):
                yield draft

    def _of_event(self, event: Event) -> Draft | None:
        when = self._when(event.date)
        # To read what proves it takes long, and most events are of an act that no template tells.
        if when is None or all(acts_in(e.exact).isdisjoint(self.phrases.events) for e in event.evidence):
            return None
        for clause in clauses_of_day(event):
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
            if subject and thing:
                return self._draft(
                    f"events.{act}",
                    (event.id,),
                    "outcome",
                    subject=subject,
                    object=thing,
                    when=when,
                )
        return None

    def _party_of(self, clause: Clause) -> str | None:
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
                if c.text.startswith("unless ") and is_plain(c.text) and len(c.text) < 90
            ),
            "",
        )
        fullest = sorted(clauses_of_day(due), key=lambda clause: -len(clause.subject or ""))
        for clause in fullest:
            if clause.denied or clause.said:
                continue
            template = self._template(due, clause)
            subject = clause.subject
            if template == "again":
                return self._draft("deadlines.again", (due.id,), "next", parties=self._sides, when=on)
            if template is None or subject is None or _VAGUE.match(subject):
                continue
            return self._draft(
                f"deadlines.{template}", (due.id,), "next",
                subject=subject, be="are" if clause.plural else "is", run="run" if clause.plural else "runs",
                done=clause.verb.text, when=on, by=by, condition=condition,
            )  # fmt: skip
        return None

    def _template(self, due: Deadline, clause: Clause) -> str | None:
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
            if "meet" in acts_in(clause.head) and (clause.passive or "begin" in acts):
                return "meeting"
        if due.kind in {"target", "ultimatum", "other"} and clause.passive and not clause.open:
            return "done"
        return None

    def _of_stakes(self) -> Iterator[Draft]:
        told_of: set[tuple[Party, str, frozenset[str]]] = set()
        for stake in sorted(self.briefing.stakes, key=lambda stake: -stake.salience):
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
            words = with_its_end(words, [*position.evidence, *stake.evidence])
            form = form_of(words, [*position.evidence, *stake.evidence], kind)
            if form is None:
                continue
            if form == "will" and not self._is_settled(stake):
                form = "to"
            name = "will" if form == "will" else (past if over else kind) + ("_to" if form == "to" else "")
            if len(words.split()) < _SHORTEST_WISH:
                continue
            draft = self._draft(
                f"positions.{name}", (stake.id,), "stakes",
                party=self.name(position.party), words=words.rstrip(" .,"),
            )  # fmt: skip
            if draft:
                yield draft, kind, words

    def _of_conflicts(self) -> Iterator[Draft]:
        for conflict in self.briefing.conflicts:
            if conflict.resolution is None and (draft := self.of_conflict(conflict)):
                yield draft

    def _is_settled(self, stake: Stake) -> bool:
        """Whether what a side says it will do is agreed: by how the talks stand, or else by an official source."""
        if self.talks.status in _AGREED:
            return True
        return stake.certainty == "confirmed" and self.talks.status in {"unknown", "announced"}

    def of_conflict(self, conflict: Conflict) -> Draft | None:
        ids = tuple(dict.fromkeys(id for p in conflict.positions for id in p.fact_ids))
        values = [p.value for p in conflict.positions]
        cited = [self._facts[id] for id in ids]
        if any(not is_plain(value) or len(value) > 60 for value in values):
            return None
        named = [set(value.split(" and ")) for value in values]
        if any(one < other for one in named for other in named):
            return None  # the one names more of those whom the other names
        people = self.phrases.joined([self._people(value) for value in values], "or")
        if conflict.kind == "attribution" and isinstance(first := cited[0], Delegate):
            return self._draft("disputes.heads", ids, "dispute", party=self.name(first.party), values=people)
        what = conflict.about.partition(": ")[2]
        if conflict.kind == "value" and isinstance(cited[0], Figure):
            if len(what.split()) < 2 or not is_plain(what) or leans(what):
                return None
            return self._draft("disputes.figures", ids, "dispute", what=what, values=people)
        return None

    def _people(self, value: str) -> str:
        """Three names or more as a list."""
        names = value.split(" and ")
        return self.phrases.joined(names)

    def _of_heads(self) -> Iterator[Draft]:
        """Who leads, all sides in a sentence."""
        over = self.talks.status in _OVER
        for side in self.briefing.delegations:
            heads = [
                m
                for m in side.members
                if m.head and m.name and _is_firm(m) and any(_LEADS.search(e.exact) for e in m.evidence)
            ]
            if side.head not in {"sole", "joint"} or not heads:
                continue
            name = "led" if over else "lead" if len(heads) > 1 else "leads"
            people = self.phrases.joined([self._person(one) for one in heads])
            draft = self._draft(
                f"people.{name}", tuple(one.id for one in heads), "background",
                people=people, party=self.name(side.party),
            )  # fmt: skip
            if draft:
                yield draft

    def _person(self, delegate: Delegate) -> str:
        office = delegate.role
        if self.language != "en" or _OFFICE.search(office) or not is_plain(office) or len(office.split()) > 7:
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
            draft = self._draft(
                f"figures.{name}", (figure.id,), "background",
                parties=self._sides, value=self._amount(figure), when=on,
            )  # fmt: skip
            if draft:
                yield draft

    def _amount(self, figure: Figure) -> str:
        """An amount of money, which the source's words tell in English."""
        if self.language == "en":
            return figure.as_written
        currency = get_currency_name(figure.unit, count=2, locale=self._locale)
        return self.phrases.word(
            "millions", number=format_decimal(figure.value / 1e6, locale=self._locale), currency=currency
        )


def goods_words(line: str) -> set[str]:
    return set(re.findall(r"\w+", line.lower()))


@lru_cache(maxsize=10_000)
def _has_words(text: str, folded: str) -> bool:
    return folded in text.casefold()


def _is_firm(fact: Fact) -> bool:
    """Whether nobody disputes it, and it is more than somebody's word; and no words of it speak to a writer."""
    firm = fact.certainty in {"confirmed", "reported"}
    return firm and not any(map(speaks_to_a_writer, proving_words(fact)))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
