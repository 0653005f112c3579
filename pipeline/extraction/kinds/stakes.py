"""What is on the table, and what a side asks, offers or refuses."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from msgspec import convert

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.kinds.statements import speaks_for
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, plain
from pipeline.language.annotate import Annotated, Numbered, Sentence
from pipeline.language.clauses import NOUNS, SUBJECTS, VERBS, controllers, doer, negated, not_excluded
from pipeline.language.commitments import Commitment, asserted, claimed, of_one, same_matter, wish_of, wishes
from pipeline.language.lexicons import Signs, classify, lexicon
from pipeline.language.lexicons.schema import Stakes
from pipeline.language.matching import locate
from schemas import Position, Stake
from schemas.proposals import PositionAnswer, PositionProposal, StakeAnswer, StakeProposal
from schemas.vocabulary import TOPICS, Certainty

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_TOPICS = lexicon.topics
_QUOTED, _OPENING = re.compile(r"[“\"‘]"), {"“", '"', "‘"}
_MONEY = re.compile(r"[A-Z]{3}")
_LISTED = 0.2
"""A page of so many items among its sentences is a list."""
_OF_VERBS = ("asks", "agrees", "eases", "says", "buys")
_WANTS = {"ask", "ask_or_offer", "offer", "red_line"}
_LONGEST_TITLE = 70
_LEADING = {"DET", "PRON", "PUNCT", "ADP", "CCONJ"}
_LINKS = {"of", "on"}
_LABEL = re.compile(r"[A-Z][^:.]{3,60}: ")
_ACTORS = {"nsubj", "nsubjpass"}
_THINGS = {"dobj", "pobj", "nsubjpass"}
_WILL = {"will", "shall", "would"}
_PERSONS, _THESE = {"he", "she", "i", "you"}, {"it", "this", "that", "they", "these"}
_COPULAS = {"is", "was", "are", "were"}
_OVER = {"on", "for", "of"}
_SPEAKERS = {
    name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in {"we": "we|our|us", "you": "you"}.items()
}
_I = re.compile(r"\b(?:I|my|me)\b")
_REMEMBERED = 400
"""How many sentences back a repeat is looked for: each is compared with all of these."""
_SAME = 0.8
"""A sentence that shares so large a part of its nouns with another says the same."""

Cues = dict[str, bool]
_FINITE = {"VBD", "VBZ", "VBP"}


class _Page:
    """What each sentence of a body is about, and what none before it was."""

    def __init__(self, annotated: Annotated) -> None:
        self.body = annotated.body
        self.listed = sum(sentence.passage.bullet for sentence in self.body) / max(len(self.body), 1)
        self.topics = [_topics(sentence.text) for sentence in self.body]
        self.nouns = [_nouns(sentence) for sentence in self.body]
        self.topic_counts = Counter(topic for topics in self.topics for topic in topics)
        self.noun_counts = Counter(noun for nouns in self.nouns for noun in nouns)
        self.new_topics = list(_new(self.topics))
        self.new_nouns = list(_new(self.nouns))
        headings = (s.text for s in annotated.sentences if s.passage.region in {"headline", "deck"})
        title = " ".join([annotated.document.title or "", *headings]).lower()
        self.title = {word.rstrip("s") for word in re.findall(r"[a-z]{4,}", title)}

    def likeness(self, at: int) -> float:
        """How much of its nouns a sentence shares with the one before it that is most like it."""
        nouns, earlier = self.nouns[at], self.nouns[max(at - _REMEMBERED, 0) : at]
        shared = [(len(nouns & before), len(nouns) + len(before)) for before in earlier]
        return max((both / max(total - both, 1) for both, total in shared), default=0.0)


def _topics(text: str) -> frozenset[str]:
    return frozenset(row.name for row in _TOPICS.topics if row.words.search(text))


def _stem(word: Token) -> str:
    return word.lower_.rstrip("s")


def _nouns(sentence: Sentence) -> frozenset[str]:
    return frozenset(_stem(w) for w in sentence.tokens or () if w.pos_ == "NOUN" and len(w) > 2)


def _new(told: Iterable[frozenset[str]]) -> Iterator[frozenset[str]]:
    seen: set[str] = set()
    for each in told:
        yield each - seen
        seen |= each


def signs(annotated: Annotated, parties: frozenset[str]) -> list[Signs]:
    """Of each sentence of the body, what speaks for or against its telling what is at stake, by name."""
    page = _Page(annotated)
    found: list[Signs] = []
    for at, sentence in enumerate(page.body):
        cues = {row.name: row.words.search(sentence.text) is not None for row in _TOPICS.cues}
        of_sentence: dict[str, float | bool] = {
            **cues,
            **_signs_of_place(page, at, sentence),
            **_signs_of_matter(page, at, cues),
            **_signs_of_facts(annotated, sentence, parties),
            **_signs_of_voice(sentence),
            **_signs_of_clause(annotated, sentence, parties, page.new_nouns[at], cues),
        }
        found.append({name: float(value) for name, value in of_sentence.items() if value})
    return found


def _signs_of_place(page: _Page, at: int, sentence: Sentence) -> dict[str, float | bool]:
    words = len(sentence.text.split())
    return {
        "long": min(words, 60) / 20,
        "short": words < 8,
        "very_long": words > 45,
        "place": at / len(page.body),
        "late": math.log1p(at) / 3,
        "first": at == 0,
        "opening": 0 < at < 4,
        "long_page": math.log(len(page.body)),
        "item": sentence.passage.bullet,
        "list_page": page.listed,
        "item_of_list_page": sentence.passage.bullet and page.listed > _LISTED,
        "prose_of_list_page": not sentence.passage.bullet and page.listed > _LISTED,
        "leads_in": sentence.text.rstrip().endswith(":"),
        "labelled": _LABEL.match(sentence.text) is not None,
    }


def _signs_of_matter(page: _Page, at: int, cues: Cues) -> dict[str, float | bool]:
    """What a sentence is about, and whether the page has told of it before."""
    topics, new, nouns = page.topics[at], page.new_topics[at], page.nouns[at]
    return {
        "topics": min(len(topics), 3),
        "any_topic": bool(topics),
        "new_topics": min(len(new), 2),
        "old_topics": bool(topics) and not new,
        "tariffs_alone": topics == {"tariffs"},
        "relations": "relations" in topics,
        "told_once": any(page.topic_counts[topic] == 1 for topic in topics),
        "new_nouns": min(len(page.new_nouns[at]), 6) / 3,
        "share_new": len(page.new_nouns[at]) / max(len(nouns), 1),
        "no_nouns": not nouns,
        "repeats": page.likeness(at),
        "central": sum(min(page.noun_counts[noun] - 1, 5) for noun in sorted(nouns)) / max(len(nouns), 1) / 3,
        "of_title": min(len(nouns & page.title), 3) / 2,
        "meets_of_nothing": cues["meets"] and not topics,
        "asks_of_topic": cues["asks"] and bool(topics),
        "agrees_of_topic": cues["agrees"] and bool(topics),
        "harms_of_new_topic": cues["harms"] and bool(new),
        "eases_barrier": cues["eases"] and cues["barrier"],
    }


def _signs_of_facts(
    annotated: Annotated, sentence: Sentence, parties: frozenset[str]
) -> dict[str, float | bool]:
    span = sentence.start, sentence.end
    units = {quantity.unit for quantity in inside(annotated.quantities, *span)}
    named = {mention.code for mention in annotated.parties_in(Span(*span))}
    return {
        "percent": bool(units & {"%", "[pp]"}),
        "money": any(_MONEY.fullmatch(unit) for unit in units),
        "amount": bool(units),
        "date": bool(inside(annotated.dates, *span)),
        "people": min(len(touching(annotated.people, *span)), 2),
        "parties": min(len(named & parties), 2),
        "both_parties": len(named & parties) > 1,
        "others": bool(named - parties),
    }


def _signs_of_voice(sentence: Sentence) -> dict[str, float | bool]:
    text = sentence.text
    return {
        "quotes": _QUOTED.search(text) is not None,
        "quoted": text[:1] in _OPENING,
        "i": _I.search(text) is not None,
        **{name: words.search(text) is not None for name, words in _SPEAKERS.items()},
        "question": text.rstrip().endswith("?"),
    }


def _signs_of_clause(
    annotated: Annotated, sentence: Sentence, parties: frozenset[str], new: frozenset[str], cues: Cues
) -> dict[str, float | bool]:
    """What the parse says: who acts, in what mood, and on which things."""
    tokens = sentence.tokens
    if tokens is None:
        return {"unparsed": True}
    rows = {row.name: row.words for row in _TOPICS.cues}
    root, words = tokens.root, list(tokens)
    actors = [word for word in words if word.dep_ in _ACTORS]
    acts = any(_party_of(annotated, sentence, word) & parties for word in actors)
    who = [word for word in actors if word.head == root]
    things = {
        word.dep_ for word in words if word.dep_ in _THINGS and _stem(word) in new and word.pos_ == "NOUN"
    }
    will = any(word.tag_ == "MD" and word.lower_ in _WILL for word in words)
    return {
        "party_acts": acts,
        "party_asks": acts and cues["asks"],
        "party_will": acts and will,
        "will": will,
        "modal": any(word.tag_ == "MD" and word.lower_ not in _WILL for word in words),
        "not": any(word.dep_ == "neg" for word in words),
        "to_do": any(word.tag_ == "TO" for word in words),
        "past": root.tag_ == "VBD",
        "is": root.lower_ in _COPULAS,
        "no_verb": not any(word.pos_ in VERBS for word in words),
        "verbs": min(sum(word.pos_ == "VERB" for word in words), 6) / 3,
        "pronoun_acts": any(word.lower_ in _PERSONS for word in who),
        "it_acts": any(word.lower_ in _THESE for word in who),
        "name_acts": any(word.pos_ == "PROPN" and not _party_of(annotated, sentence, word) for word in who),
        **{f"verb_{name}": bool(rows[name].fullmatch(root.text)) for name in _OF_VERBS},
        "to_ease": any(word.tag_ == "VB" and rows["eases"].fullmatch(word.text) for word in words),
        "barrier_on": any(
            word.lower_ in _OVER and rows["barrier"].fullmatch(word.head.text) for word in words
        ),
        "new_thing": bool(things),
        "new_object": bool(things - {"pobj"}),
        "listed": min(sum(word.dep_ == "conj" and word.pos_ in NOUNS for word in words), 3),
    }


def _party_of(annotated: Annotated, sentence: Sentence, word: Token) -> set[str]:
    """The parties that a noun phrase names, each as one who acts."""
    there = Span(word.left_edge.idx + sentence.shift, word.idx + len(word) + sentence.shift)
    return {mention.code for mention in annotated.parties_in(there) if not mention.place}


def weighed(page: Sequence[Signs], learnt: Stakes) -> list[float]:
    """How well each sentence of a page tells what is at stake, against the others."""
    raw = [learnt.score(each) for each in page]
    mean = sum(raw) / max(len(raw), 1)
    return [score - learnt.page * mean for score in raw]


def best(page: Sequence[Signs], learnt: Stakes) -> list[int]:
    """Which sentences of a page tell what is at stake: those that score enough, and the few that score best.

    A question tells nothing.
    """
    scored = weighed(page, learnt)
    new = (
        at for at, each in enumerate(page) if each.get("repeats", 0.0) < _SAME and not each.get("question")
    )
    ranked = sorted(new, key=lambda at: (-scored[at], at))
    few = min(learnt.fewest, math.ceil(learnt.share * len(page)))
    return sorted(at for rank, at in enumerate(ranked) if rank < few or scored[at] > learnt.least)


def overclaims(annotated: Annotated) -> list[Span]:
    """Sentences of the headline and the deck that say as a fact what the body only has somebody say."""
    headings: list[tuple[Span, Commitment]] = []
    claims: list[tuple[Commitment, str]] = []
    facts: list[Commitment] = []
    for sentence in annotated.sentences:
        if sentence.passage.region == "body":
            if claim := claimed(sentence.text):
                claims.append((claim, sentence.text))
            elif fact := asserted(sentence.text):
                facts.append(fact)
        elif sentence.passage.region in {"headline", "deck"} and (
            heading := asserted(sentence.text, heading=True)
        ):
            headings.append((Span(sentence.start, sentence.end), heading))
    return [
        span
        for span, heading in headings
        if any(of_one(heading, claim) and same_matter(heading.what, claim.what, s) for claim, s in claims)
        and not any(of_one(heading, fact) and same_matter(heading.what, fact.what) for fact in facts)
    ]


def _overclaimed(annotated: Annotated) -> Iterator[StakeProposal]:
    """What the headline or the deck says as a fact, and the body as somebody's claim: shown, as a stake of its own."""
    for span in overclaims(annotated):
        quote, at = annotated.quote(span.start, span.end)
        yield StakeProposal(quote=quote, at=at, topic=classify(quote, _TOPICS.topics, "other"), summary=quote)


def _title(annotated: Annotated, sentence: Sentence, topic: str) -> str | None:
    """The noun phrase of a sentence that names its topic, with what it is of or on; None where a word alone does."""
    words = next((row.words for row in _TOPICS.topics if row.name == topic), None)
    match = words.search(sentence.text) if words else None
    if match is None or sentence.tokens is None:
        return None
    at = sentence.start - sentence.shift + match.start()
    chunks = list(sentence.tokens.noun_chunks)
    for chunk, after in zip_longest(chunks, chunks[1:]):
        if not chunk.start_char <= at < chunk.end_char:
            continue
        first = next((word for word in chunk if word.pos_ not in _LEADING), chunk[0])
        link = after.root.head if after is not None else None
        goes_on = (
            link is not None
            and link.i == chunk.end
            and link.text in _LINKS
            and after.start == chunk.end + 1
            and not touching(
                annotated.dates, after.start_char + sentence.shift, after.end_char + sentence.shift
            )
        )
        end = after.end_char if goes_on else chunk.end_char
        title = sentence.text[
            first.idx + sentence.shift - sentence.start : end + sentence.shift - sentence.start
        ]
        return title if " " in title and len(title) <= _LONGEST_TITLE else None
    return None


def positions(annotated: Annotated, sentence: Sentence, parties: frozenset[str]) -> list[PositionProposal]:
    """Who of the parties asks for what in a sentence, offers it, or refuses it."""
    found: dict[tuple[str, str], str] = {}
    for wish in wishes(sentence.tokens) if sentence.tokens is not None else ():
        sides = {side for holder in wish.holders for side in _sides(annotated, sentence, holder)} & parties
        if wish.wants != "ask" and len(sides) > 1:
            continue  # what both will do is nobody's concession
        start, end = wish.first.idx + sentence.shift, wish.last.idx + len(wish.last) + sentence.shift
        for side in sorted(sides):
            found.setdefault((side, wish.wants), annotated.text[start:end])
    return [
        convert({"party": side, wants: words}, PositionProposal) for (side, wants), words in found.items()
    ]


def _sides(annotated: Annotated, sentence: Sentence, holder: Token) -> set[str]:
    """The parties that somebody is or speaks for: a state, its government and officials, a person of a known side."""
    last = max(
        (holder, *(child for child in holder.children if child.dep_ == "appos")), key=lambda word: word.i
    )
    there = Span(holder.idx + sentence.shift, last.idx + len(last) + sentence.shift)
    people = {person.party for person in touching(annotated.people, there.start, there.end) if person.party}
    if people:
        return people
    whole = Span(holder.left_edge.idx + sentence.shift, holder.idx + len(holder) + sentence.shift)
    named = annotated.parties_in(whole)
    if any(mention.start <= there.start < mention.end for mention in named):
        return {mention.code for mention in named if mention.start <= there.start < mention.end}
    if lexicon.commitments.staff.fullmatch(holder.text):
        return {mention.code for mention in named}
    return _speaking(annotated, sentence, holder)


def _speaking(annotated: Annotated, sentence: Sentence, holder: Token) -> set[str]:
    """The side of who says "we" between quotation marks."""
    if holder.lower_ not in _TOPICS.ourselves:
        return set()
    at = holder.idx + sentence.shift
    around = touching(annotated.quotations, at, at + 1)
    speakers = (one.named for one in around if one.named)
    return {
        person.party
        for named in speakers
        for person in touching(annotated.people, named.start, named.end)
        if person.party
    }


def propose(annotated: Annotated, parties: frozenset[str]) -> list[StakeProposal]:
    """A stake for each sentence that tells of one."""
    proposals = []
    body = annotated.body
    for sentence in (body[at] for at in best(signs(annotated, parties), lexicon.stakes)):
        held = positions(annotated, sentence, parties)
        wanted = " ".join(words for one in held for words in (one.ask, one.offer, one.red_line) if words)
        told = classify(sentence.text, _TOPICS.topics, "other")
        topic = classify(wanted, _TOPICS.topics, told)  # what is wanted, rather than what stands beside it
        quote, at = annotated.quote(sentence.start, sentence.end)
        title = _title(annotated, sentence, topic)
        proposals.append(
            StakeProposal(quote=quote, at=at, topic=topic, title=title, summary=sentence.text, positions=held)
        )
    return [*proposals, *_overclaimed(annotated)]


def _position(verifier: Verifier, proposal: PositionProposal, stake: Sequence[Span]) -> Position:
    """What a party wants, in words of its sentences; the party named there, or in the paragraph of a pronoun."""
    party = verifier.party(proposal.party)
    spans = verifier.cited(proposal.spans) or list(stake)
    wants = {"ask": proposal.ask, "offer": proposal.offer, "red_line": proposal.red_line}
    places = {name: verifier.inside(words, "the position", *spans) for name, words in wants.items() if words}
    if not places:
        raise Unproven("the position has no words")
    for name, place in places.items():
        asked = _asked_by(verifier, place)
        if asked and party in asked[1]:
            if asked[0] != name:
                raise Unproven(f"the words have it {party}’s {asked[0]}, not its {name.replace('_', ' ')}")
            continue
        if asked and name != "red_line":
            raise Unproven(f"the words have it asked or offered by {asked[1][0]}, not by {party}")
        wished = _wisher(verifier, place) == party
        if not wished:
            _held_by(verifier, party, place, spans)
        if name != "red_line" and not wished:
            verifier.affirmed(place)
        if not wished:
            _meant(verifier, name, place)
    held = [
        span for span in spans if any(span.start <= p.start and p.end <= span.end for p in places.values())
    ]
    return Position(
        party=party,
        **{name: plain(verifier.words(places[name])) if name in places else None for name in wants},
        evidence=[verifier.evidence(span) for span in held],
    )


def _wisher(verifier: Verifier, place: Span) -> str | None:
    """Who wants a thing that a clause describes so: "rejected a clause that Chile demanded"."""
    parsed = verifier.annotated.parsed(place)
    shift = verifier.annotated.sentence_at(place.start).shift
    for verb in parsed.root.subtree if parsed else ():
        if verb.dep_ != "relcl" or not _TOPICS.wishes.fullmatch(verb.text):
            continue
        for subject in (child for child in verb.children if child.dep_ == "nsubj"):
            span = Span(subject.left_edge.idx + shift, subject.idx + len(subject) + shift)
            if span.start >= place.end and (named := verifier.annotated.parties_in(span)):
                return named[0].code
    return None


def _asked_by(verifier: Verifier, place: Span) -> tuple[str, list[str]] | None:
    """What a noun over words has them be, and whose: "did not accept Chile’s request for a waiver"."""
    parsed = verifier.annotated.parsed(place)
    shift = verifier.annotated.sentence_at(place.start).shift
    for step in takewhile(lambda word: word.pos_ not in VERBS, parsed.root.ancestors if parsed else ()):
        name = wish_of(step.text)
        owners = [child for child in step.children if child.dep_ == "poss"] if name else []
        links = (child for child in step.rights if child.dep_ == "prep" and child.lower_ in {"from", "by"})
        owners += [one for link in links for one in link.children if one.dep_ == "pobj"] if name else []
        for owner in owners:
            span = Span(owner.left_edge.idx + shift, owner.idx + len(owner) + shift)
            if name and (codes := [mention.code for mention in verifier.annotated.parties_in(span)]):
                return name, codes
    return None


def _meant(verifier: Verifier, wants: str, place: Span) -> None:
    """Raises Unproven where the verb over words says outright that they are wanted otherwise than proposed."""
    parsed = verifier.annotated.parsed(place)
    if (
        wants != "red_line"
        and _TOPICS.closed.search(verifier.words(verifier.sentence(place)))
        and (_TOPICS.closed.search(verifier.words(place)) or (parsed and parsed.root.dep_ in SUBJECTS))
    ):
        raise Unproven(f"the words have it a red line, not an {wants}")
    if wants == "red_line" and parsed and any(map(not_excluded, parsed.root.ancestors)):
        raise Unproven("the words do not exclude it")
    if not parsed or negated(parsed):
        return
    own = [parsed.root] if parsed.root.pos_ in VERBS and parsed.root.tag_ in _FINITE | {"VBN"} else []
    for step in (*own, *parsed.root.ancestors):
        if step.pos_ not in VERBS:
            wish = wish_of(step.text) or wants
            if (
                step.pos_ == "NOUN"
                and wish != wants != "red_line"
                and any(c.dep_ == "poss" for c in step.children)
            ):
                raise Unproven(f"the words have it {wish.replace('_', ' ')}, not {wants}")
            continue
        rows = (row for row in _TOPICS.wants if row.name in _WANTS)
        told = next((row.name for row in rows if row.words.fullmatch(step.text)), None)
        if told is not None and wants not in told.split("_or_"):
            raise Unproven(f"the words have it {told.replace('_', ' ')}, not {wants.replace('_', ' ')}")
        if told is not None or step.dep_ not in {"xcomp", "ccomp"}:
            return


def _held_by(verifier: Verifier, party: str, place: Span, spans: Sequence[Span]) -> None:
    """Raises Unproven where words are another party's wish by their grammar, or nothing near them names the party."""
    sentence = verifier.annotated.sentence_at(place.start)
    parsed = verifier.annotated.parsed(place)
    holders: list[str] = []
    for subject in _doers(parsed) if parsed else ():
        beside = [
            child for child in subject.children if child.dep_ == "appos"
        ]  # of a list, as it is often read
        last = max((subject, *beside), key=lambda word: word.i)
        start, end = subject.left_edge.idx, last.idx + len(last)
        there = Span(start + sentence.shift, end + sentence.shift)
        holders += [mention.code for mention in verifier.annotated.parties_in(there)]
        people = touching(verifier.annotated.people, there.start, there.end)
        holders += [person.party for person in people if person.party]
    if holders and party not in holders:
        raise Unproven(f"the words have {holders[-1]} hold the position, not {party}")
    subjects = [*doer(parsed), *(word for word in parsed if word.dep_ in SUBJECTS)] if parsed else []
    ours = any(subject.lower_ in _TOPICS.ourselves for subject in subjects)
    speaks = speaks_for(verifier, place) if ours else None
    if speaks not in {None, party}:
        raise Unproven(f"it is the turn of {speaks}, not of {party}")
    if not holders and _addressed(verifier, parsed, sentence, party):
        raise Unproven(f"the words are said to {party}, not by it")
    if holders or _first_person(verifier, parsed, sentence, party):
        return
    if _named_by_us(verifier, parsed, sentence, party):
        raise Unproven(f"the words speak of {party}, not for it")
    near = [verifier.paragraph(place), *spans]
    if any(subject.lower_ in {"it", "they"} for subject in (doer(parsed) if parsed else ())):
        near.append(Span(verifier.annotated.paragraphs_back(near[0].start, 1), near[0].end))
    if not any(verifier.names(span, party) for span in near):
        raise Unproven(f"nothing near the position says that it is {party}’s")


def _doers(words: Tokens) -> list[Token]:
    """Who does what words are said of; of "it", who says that it does."""
    own = [child for child in words.root.children if child.dep_ in SUBJECTS]
    if any(subject.lower_ in _TOPICS.ourselves for subject in own):
        return own
    subjects = doer(words)
    if len(subjects) == 1 and subjects[0].lower_ in {"it", "they"} and subjects[0].head.pos_ in VERBS:
        return controllers(subjects[0].head) or subjects
    return subjects


def _addressed(verifier: Verifier, parsed: Tokens | None, sentence: Sentence, party: str) -> bool:
    """Whether "we" do something to a party: "we have asked Chile to …" is not Chile’s wish."""
    for subject in doer(parsed) if parsed else ():
        if subject.lower_ not in _TOPICS.ourselves:
            continue
        for thing in (child for child in subject.head.children if child.dep_ == "dobj"):
            start = thing.left_edge.idx + sentence.shift
            span = Span(start, thing.idx + len(thing) + sentence.shift)
            if any(mention.code == party for mention in verifier.annotated.parties_in(span)):
                return True
    return False


def _named_by_us(verifier: Verifier, parsed: Tokens | None, sentence: Sentence, party: str) -> bool:
    """Whether "we" name one of two parties as the other in a sentence of our own position.

    Where the words have no "we" of their own, it must do nothing there, either.
    """
    ours = any(subject.lower_ in _TOPICS.ourselves for subject in (_doers(parsed) if parsed else ()))
    named = {mention.code for mention in verifier.parties_in(Span(sentence.start, sentence.end))}
    inner = any(word.dep_ in SUBJECTS and word.lower_ in _TOPICS.ourselves for word in parsed or ())
    alone = len(verifier.parties) == 2 and named == {party}
    return ours and alone and (inner or not _acts(verifier, sentence, party))


def _acts(verifier: Verifier, sentence: Sentence, party: str) -> bool:
    """Whether a verb of a sentence has a party as its subject."""
    subjects = [word for word in sentence.tokens or () if word.dep_ in SUBJECTS]
    spans = (Span(word.left_edge.idx, word.idx + len(word)) for word in subjects)
    return any(
        mention.code == party
        for span in spans
        for mention in verifier.parties_in(Span(span.start + sentence.shift, span.end + sentence.shift))
    )


def _first_person(verifier: Verifier, parsed: Tokens | None, sentence: Sentence, party: str) -> bool:
    """Whether "we" hold a position in a sentence that names the other of two parties."""
    ours = any(subject.lower_ in _TOPICS.ourselves for subject in (_doers(parsed) if parsed else ()))
    named = {mention.code for mention in verifier.parties_in(Span(sentence.start, sentence.end))}
    return ours and len(verifier.parties) == 2 and named == set(verifier.parties) - {party}


def _titled(verifier: Verifier, words: str, spans: Sequence[Span]) -> str:
    """The words that name a stake. Raises Unproven where they do not stand, or tell of a deed that is denied."""
    place = verifier.inside(words, "the title", *spans)
    parsed = verifier.annotated.parsed(place)
    if parsed and parsed.root.pos_ in VERBS:
        verifier.affirmed(place)
    return verifier.stands(words, "the title", *spans)


def _place(verifier: Verifier, proposal: StakeProposal) -> tuple[Span, Certainty | None]:
    """Where the quote stands. Of the headline and the deck, only what the body does not bear out is a fact: a claim."""
    document = verifier.document
    place = locate(document.text, proposal.quote, proposal.at)
    if place and document.region_at(place.start) in {"headline", "deck"}:
        span = verifier.annotated.read(place)
        if span in overclaims(verifier.annotated):
            return span, "claimed"
    return verifier.quoted(proposal), None


def _position_in(position: PositionAnswer, numbered: Numbered) -> PositionProposal:
    wants = {position.wants: position.words}
    spans = numbered.sources(position.s)
    return PositionProposal(party=position.party, spans=[(span.start, span.end) for span in spans], **wants)


def answered(item: StakeAnswer, numbered: Numbered) -> list[StakeProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        StakeProposal(
            **numbered.place(item.s),
            topic=item.topic,
            title=item.title,
            summary=numbered.annotated.words(numbered.span(min(item.s))),
            positions=[_position_in(position, numbered) for position in item.positions],
            at_risk=item.at_risk,
        )
    ]


def verify(verifier: Verifier, proposal: StakeProposal, leaves: Leaves, known: Container[str]) -> Stake:
    span, certainty = _place(verifier, proposal)
    beside = verifier.cited(proposal.beside)
    spans = [span, *beside]
    positions = leaves.each(
        "positions", proposal.positions, lambda position: _position(verifier, position, spans)
    )
    at_risk = leaves.optional(
        "at_risk",
        proposal.at_risk,
        lambda words: verifier.stands(words, "what is at risk", verifier.paragraph(span), *beside),
    )
    summary, found = verifier.told(proposal.summary, *spans)
    if not summary:
        raise Unproven("its quote has no words")
    if not found:
        leaves.failed.append(("summary", "it does not stand in the quote, whose words are told instead"))
    if positions:
        leaves.quoted()  # whose wish it is, and which, no rule reads
    broader = proposal.topic.partition(".")[0]
    topic = next((one for one in (proposal.topic, broader) if one in TOPICS), "other")
    if topic not in {proposal.topic, broader}:
        leaves.failed.append(("topic", f"there is no topic {proposal.topic!r}: it counts as other"))
    leaves.judged(topic, classify(verifier.words(span), _TOPICS.topics, "other"))
    named = leaves.optional("title", proposal.title, lambda words: _titled(verifier, words, spans))
    if proposal.title and not (named or positions or at_risk):
        raise Unproven(leaves.failed[-1][1])  # nothing that it copies stands
    key = f"{topic}|{named}" if named else topic
    return Stake(
        **verifier.shared("stake", spans, key, leaves, certainty),
        topic=topic,
        title=named,
        summary=summary,
        positions=positions,
        at_risk=at_risk,
    )
