"""Who said what: quoted words stand in quotation marks, and the text attributes them to their speaker."""

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from pipeline.documents.document import Span, inside, touching
from pipeline.documents.language import unspaced
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, date_fields, joined, plain
from pipeline.language.annotate import Annotated, Numbered, Passage, Sentence
from pipeline.language.commitments import NAMES, claimed
from pipeline.language.foreign.sentences import is_called
from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon
from pipeline.language.matching import first, fold, occurrences
from pipeline.language.offices import holds, seated_for, titled_for
from pipeline.language.parties import party_of
from pipeline.language.people import Roster, Speaker, same_person
from pipeline.language.quotations import Quotation
from schemas import FuzzyDate, Statement
from schemas.proposals import StatementAnswer, StatementProposal

_SPEECH = lexicon.speech
_CAPITALS = rf"(?:{UPPER}|[’'-]){{2,}}"
_TURN = re.compile(rf"(?P<who>{_SPEECH.titles.any} {_CAPITALS}(?: {_CAPITALS})*):\s+")
_ANY_TURN = re.compile(rf"^\W{{0,4}}(?:{UPPER}|[.’' -]){{4,60}}(?: \([^()\n]{{2,60}}\))?:\s", re.MULTILINE)
_OPENING = re.compile(
    rf"(?P<who>{NAME_WORD}(?: {NAME_WORD}){{0,4}})(?P<about> \([^()\n]{{2,60}}\)|, [^:.\n]{{2,60}})?:\s+(?=\S)"
)
"""A label before the words of whoever it names."""
_CHANNELS, _SAY = _SPEECH.channels.any, _SPEECH.reporting.any
_ARTICLE = r"(?:an? |his |her |its |the |their )?"
_CHANNEL = re.compile(rf"\b(?:on|in|to|during|via) {_ARTICLE}(?:[\w’-]+ ){{0,3}}{_CHANNELS}(?!\w)")
_NAMES = rf"{NAME_WORD}(?: {NAME_WORD}){{0,5}}"
_REPORTED = re.compile(rf"(?P<who>(?:[Tt]he )?{_NAMES}) {_SAY}\b(?: [\w, ]{{0,20}})? ")
_DONE = lexicon.commitments.done.any
_ACCOUNT = re.compile(
    rf"(?P<who>{NAMES}) (?:{_SAY}|denied|rejected)\b(?: (?:on|last|this) \w+)?(?: that)?"
    rf" (?:it|they|[Tt]he \w+|{_NAMES}) (?:(?:had|has|have|never|not) ){{0,3}}(?:\w+ly )?{_DONE}\b"
)
_STAND_IN = (
    rf"(?:[Tt]he (?:{NAME_WORD}\.? )?(?:{_SPEECH.heads.any}|{_SPEECH.stand_ins.any})|[Hh]e|[Ss]he|[Tt]hey)"
)
_INNER = rf"(?:{NAME_WORD}|of(?= {UPPER})|{lexicon.offices.particles.any}(?= ))"
_SAYER = re.compile(
    rf"(?P<who>{_STAND_IN}|{NAME_WORD}(?: {_INNER})*) (?:(?:has|have|had|also) )?{_SPEECH.verbs.any}\b"
)
_STANDS_IN = re.compile(_STAND_IN)
_LABEL = re.compile(r"(?P<who>[^:“\"]{3,80}):\s")
_REPLY = re.compile(
    rf"^\W{{0,4}}{NAME_WORD}(?:[ ,.]+{NAME_WORD})+(?: \([^()\n]{{2,60}}\))?(?: {_SPEECH.verbs.any})?:\s",
    re.MULTILINE,
)
_WHILE = lexicon.modality.since | lexicon.modality.until | lexicon.modality.from_then
_MARKS = re.compile(r"[“\"]")
_OWNER = re.compile(r"[’']s?$")
_FULL_NAME = re.compile(rf",? (?P<who>{NAME_WORD}(?: {NAME_WORD})+)")
_SHORT_TURN = 60
_CHANNEL_NEAR = 140
_PARAGRAPHS_BACK = 2
_MOST_PLACES = 20


def _statement(
    annotated: Annotated, start: int, end: int, who: Speaker, direct: bool, channel: str | None = None
) -> StatementProposal:
    quote, at = annotated.quote(start, end)
    return StatementProposal(
        quote=quote,
        at=at,
        speaker=who.name,
        text=quote,
        direct=direct,
        role=who.role,
        party=who.party,
        channel=channel,
    )


def _channel(text: str, paragraph: Span, start: int, end: int) -> str | None:
    """Where it was said: named right after the quote, or right before it."""
    behind = text[end : min(end + _CHANNEL_NEAR, paragraph.end)]
    ahead = text[max(start - _CHANNEL_NEAR, paragraph.start) : start]
    after = _CHANNEL.search(re.split(r"[.“]", behind)[0])
    before = _CHANNEL.search(re.split(r"[.”] ", ahead)[-1])
    return after[0] if after else before[0] if before else None


def _direct(annotated: Annotated) -> Iterator[StatementProposal]:
    for quotation in annotated.quotations:
        passage = annotated.passage(quotation.start)
        if quotation.speaker is not None and passage.region == "body":
            span = Span(passage.start, passage.end)
            channel = _channel(annotated.text, span, quotation.start, quotation.end)
            yield _statement(annotated, quotation.start, quotation.end, quotation.speaker, True, channel)


def _turns(annotated: Annotated) -> Iterator[StatementProposal]:
    """A transcript: every sentence of a turn belongs to the speaker whose name opens it."""
    who: Speaker | None = None
    named: dict[str, Speaker] = {}
    for sentence in annotated.body:
        start = sentence.start
        place = annotated.text, sentence.passage.start, sentence.passage.end
        if turn := _TURN.match(*place):
            who = annotated.roster.titled(turn["who"])
            start = max(start, turn.end())
        elif opening := _OPENING.match(*place):
            who = named.get(opening["who"]) or _who_opens(annotated.roster, opening)
            if who:
                named[opening["who"]] = who
            start = max(start, opening.end())
        if who and sentence.end - start >= _SHORT_TURN:
            yield _statement(annotated, start, sentence.end, who, direct=True)


def _who_opens(roster: Roster, opening: re.Match[str]) -> Speaker | None:
    """Whom a label names: with a full name, or somebody whom the text names elsewhere; no MODERATOR, no QUESTION."""
    who = opening["who"]
    known = roster.titled(who.upper())
    if known and same_person(known.name, who):
        return known
    return Speaker(who, None, party_of(opening["about"] or "")) if " " in who else None


def _is_transcript(annotated: Annotated, body: Sequence[Passage]) -> bool:
    """Whether most paragraphs open with somebody's title and name, or with labels of which one comes again."""
    opened = [match["who"] for one in body if (match := _OPENING.match(annotated.text, one.start, one.end))]
    again = len(opened) > len(set(opened)) > 1
    titled = sum(bool(_TURN.match(annotated.text, one.start, one.end)) for one in body)
    return titled >= 2 or (again and 2 * len(opened) > len(body))


def _tellers(annotated: Annotated, sentence: Sentence) -> Iterator[Speaker]:
    """Whom a sentence has say something that it does not quote, say what it did, or say that another has agreed."""
    roster: Roster = annotated.roster
    text = sentence.text
    matches = [_REPORTED.match(text)] if not _MARKS.search(text) else []
    for match in (*matches, _ACCOUNT.search(text)):
        if match is not None:
            who = roster.find(_OWNER.sub("", match["who"]))
            start = sentence.start + match.start("who")
            named = annotated.parties_in(Span(start, start + len(match["who"])))
            if who.role or any(mention.start <= start + len("the ") for mention in named):
                yield who
    if (claim := claimed(text)) and claim.by:
        yield roster.find(claim.by)


def _reported(annotated: Annotated) -> Iterator[StatementProposal]:
    """Sentences in which somebody says something without being quoted, the first of whom is the speaker."""
    for sentence in annotated.body:
        if who := next(_tellers(annotated, sentence), None):
            yield _statement(annotated, sentence.start, sentence.end, who, direct=False)


def propose(annotated: Annotated, parties: frozenset[str]) -> list[StatementProposal]:
    """Direct speech in the order of the text, then reported speech."""
    body = [passage for passage in annotated.passages if passage.region == "body"]
    if _is_transcript(annotated, body):
        return list(_turns(annotated))
    return [*_direct(annotated), *_reported(annotated)]


def _same_speaker(named: str, speaker: str) -> bool:
    one, other = set(fold(named).split()), set(fold(speaker).split())
    return one <= other or other <= one or same_person(named, speaker)


def _by_office(told: Speaker, speaker: str) -> bool:
    """Whether a speaker is called by the office that the text gives to whom it has say it: "the trade minister"."""
    words = {
        word for word in speaker.split() if word.casefold() not in _SPEECH.articles and not party_of(word)
    }
    office = set(fold(told.role or "").split())
    return bool(words) and set(map(fold, words)) <= office and party_of(speaker) in {None, told.party}


@lru_cache(maxsize=4)
def _turns_in(text: str) -> tuple[tuple[int, str], ...]:
    """Where turns of a transcript open, and with whose names; nothing in other texts."""
    found = (match for pattern in (_ANY_TURN, _REPLY) for match in pattern.finditer(text))
    turns = sorted((turn.start(), turn[0].strip(" \n:*-–—")) for turn in found)
    return tuple(turns) if len(turns) > 1 else ()


def _turn_of(verifier: Verifier, place: Span) -> str | None:
    """Who speaks at a place of a transcript, whose turns open with their speakers' names; None in other texts."""
    return next((who for start, who in reversed(_turns_in(verifier.text)) if start < place.end), None)


def speaks_for(verifier: Verifier, place: Span) -> str | None:
    """The side whose turn it is at a place of a transcript, where the text tells it."""
    turn = _turn_of(verifier, place)
    if turn is None or touching(verifier.annotated.quotations, place.start, place.end):
        return None
    name = turn.partition("(")[0].rstrip(" ,")
    return _side(verifier, name) if name else None


def _takes_turn(turn: str, speaker: str) -> bool:
    """Whether the words that open a turn name a speaker, or the office that stands for one."""
    names = [fold(word) for word in speaker.split() if len(word) > 1]
    label = [word.strip("(),.:") for word in fold(turn).split()]
    return bool(names) and (names[-1] in label or {name for name in names if name[0].isalpha()} <= set(label))


def _stands_in(who: str, speaker: str) -> bool:
    """Whether words may stand for a speaker named elsewhere: "the minister", "the ministry" for its full name."""
    article, _, rest = who.casefold().partition(" ")
    fuller = set(rest.split()[-1:]) & set(fold(speaker).split())
    return article in _SPEECH.articles and (bool(fuller) or _STANDS_IN.fullmatch(who) is not None)


def _others_told(verifier: Verifier, speaker: str, place: Span) -> None:
    """Raises Unproven where the sentence around words names others outside of them, and not the speaker.

    Of languages whose grammar is not read, in which one who was told of before may be called as one likes.
    """
    whole = verifier.sentence(place)
    quoted = touching(verifier.annotated.quotations, whole.start, whole.end)
    around = verifier.words(whole)
    for one in reversed(quoted):
        around = around[: max(one.start - whole.start, 0)] + around[one.end - whole.start :]
    named = [name for name in sorted(verifier.people) if is_called(name, around)]
    own = any(is_called(name, speaker) or is_called(speaker, name) for name in named)
    if named and not own and not is_called(speaker, around):
        raise Unproven(f"the text has {named[0]} say it, not {speaker}")


def _attributed(verifier: Verifier, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the words stand in no quotation marks, or where others say them."""
    quoted = touching(verifier.annotated.quotations, place.start, place.end)
    if not quoted or _unquoted(verifier, place, quoted):
        if turn := _turn_of(verifier, place):
            if not _takes_turn(turn, proposal.speaker):
                raise Unproven(f"it is the turn of {turn}, not of {proposal.speaker}")
            return
        raise Unproven("what was said does not stand in quotation marks")
    for quotation in quoted:
        _said_by(verifier, proposal, quotation)


def _unquoted(verifier: Verifier, place: Span, quoted: Sequence[Quotation]) -> bool:
    """Whether words of a place stand outside of quotation marks."""
    edges = [place.start, *(edge for one in quoted for edge in (one.start, one.end)), place.end]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return any(re.search(r"\w", verifier.text[start:end]) for start, end in gaps)


def _said_by(verifier: Verifier, proposal: StatementProposal, quotation: Quotation) -> None:
    """Raises Unproven where a quotation is another's, or nobody's who is named near it."""
    speaker, told = proposal.speaker, quotation.speaker
    office = proposal.role
    if told and office and fold(office) == fold(told.name) and verifier.holds_office(speaker, office):
        return
    named = verifier.words(quotation.named) if quotation.named else ""
    if told is None or _stands_in(told.name, speaker):
        _near(verifier, speaker, verifier.paragraph(Span(quotation.start, quotation.end)))
    elif not (
        _same_speaker(told.name, speaker) or _same_speaker(named, speaker) or _by_office(told, speaker)
    ):
        raise Unproven(f"the text has {told.name} say it, not {speaker}")


def _near(verifier: Verifier, speaker: str, block: Span) -> None:
    """Raises Unproven where neither the paragraph nor the two before it name the speaker."""
    around = Span(verifier.annotated.paragraphs_back(block.start, _PARAGRAPHS_BACK), block.end)
    if not first(verifier.words(around), speaker.split()[-1]) and not verifier.names(
        around, verifier.annotated.party(speaker)
    ):
        raise Unproven(f"nothing near the quotation says that {speaker} said it")


def _sayers(sentence: str) -> list[str]:
    """Whom a sentence names right before its verbs of saying."""
    return [match["who"] for match in _SAYER.finditer(sentence)]


def _in_office(verifier: Verifier, speaker: str, role: str, sentence: Span) -> bool:
    """Whether a sentence tells of the office of a speaker, and of nobody else who has it."""
    people = touching(verifier.annotated.people, sentence.start, sentence.end)
    others = [one for one in people if not same_person(one.name, speaker)]
    taken = any(one.office and holds(one.office, [role]) for one in others)
    return not taken and first(verifier.words(sentence), role) is not None


def _told(verifier: Verifier, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the sentence does not name the speaker, or has only others say it."""
    whole = verifier.sentence(place)
    sentence = verifier.words(whole)
    code = verifier.annotated.party(proposal.speaker)
    role = proposal.role
    near = bool(first(sentence, proposal.speaker.split()[-1])) or verifier.names(whole, code)
    near = near or (role is not None and bool(_in_office(verifier, proposal.speaker, role, whole)))
    if not near and verifier.annotated.foreign:
        return _near(verifier, proposal.speaker, verifier.paragraph(place))
    if not near and not _SPEECH.pronouns.search(sentence):
        raise Unproven(f"the speaker ({proposal.speaker!r}) does not stand in the sentence")
    claim = claimed(sentence)
    if claim and claim.by and _same_speaker(claim.by, proposal.speaker):
        return
    named = [who for who in _sayers(sentence) if not _STANDS_IN.fullmatch(who)]
    opens = _LABEL.match(sentence)
    if opens and first(opens["who"], proposal.speaker.split()[-1]):
        return
    of_party = {party_of(who) for who in named} - {None}
    a_name = any(word[0].isupper() for word in proposal.speaker.split())
    if not named or code in of_party or (code is None and not a_name):
        return
    if not any(_same_speaker(who, proposal.speaker) for who in named):
        raise Unproven(f"the speaker is {named[0]}, not {proposal.speaker}")


def _side(verifier: Verifier, speaker: str) -> str | None:
    """Whose speaker it is, looked for once."""
    if speaker not in verifier.sides:
        verifier.sides[speaker] = _side_told(verifier, speaker)
    return verifier.sides[speaker]


def _side_told(verifier: Verifier, speaker: str) -> str | None:
    """The party that speaks, else whose office a speaker has, or whom they sit for."""
    if speaks := verifier.annotated.party(speaker):
        return speaks
    if verifier.annotated.foreign:
        return None
    if beside := verifier.bracketed(speaker):
        return beside
    text = verifier.text
    places = [
        (verifier.sentence(place), place)
        for place in islice(occurrences(text, speaker.split()[-1]), _MOST_PLACES)
    ]
    for sentence, place in places:
        if owner := titled_for(text, sentence, place.start, verifier.mentions):
            return owner
    for person in verifier.annotated.people:
        if person.party in verifier.parties and same_person(person.name, speaker):
            return person.party
    for sentence, place in places:
        if seated := seated_for(text, sentence, place, verifier.mentions):
            return seated
    return None


def _called(verifier: Verifier, speaker: str, role: str | None) -> str | None:
    """Whose office the text gives a speaker right before the name."""
    places = islice(occurrences(verifier.text, speaker), _MOST_PLACES) if role else ()
    for place in places:
        before = Span(verifier.sentence(place).start, place.start)
        if role and (owner := verifier.called(role, before)):
            return owner
    return None


def _party(verifier: Verifier, proposal: StatementProposal, speaker: str, leaves: Leaves) -> str | None:
    """The side that was proposed, where the text names it and does not have the speaker on another. Raises Unproven.

    What our own rules propose has the side that the text tells, wherever it does.
    """
    read = _side(verifier, speaker) or _called(verifier, speaker, proposal.role)
    if proposal.party is None or (leaves.own and read):
        return read
    proposed = verifier.party(proposal.party)
    if read not in {None, proposed}:
        raise Unproven(f"the text has {speaker} speak for {read}, not for {proposed}")
    return leaves.judged(proposed, read)


def _office(verifier: Verifier, words: str, speaker: str, leaves: Leaves) -> str:
    """The office of a speaker. Raises Unproven where it does not stand in the text, or is another's."""
    role = verifier.stands(words, "the office")
    if not leaves.own and not verifier.annotated.foreign and _office_of_another(verifier, speaker, role):
        raise Unproven(f"the document does not give {speaker} the office of {role}")
    return role


def _office_of_another(verifier: Verifier, speaker: str, role: str) -> bool:
    """Whether the text gives an office to others only."""
    own = [person for person in verifier.annotated.people if same_person(person.name, speaker)]
    others = [person for person in verifier.annotated.people if not same_person(person.name, speaker)]
    has = any(holds(person.office, [role]) or holds(role, [person.office]) for person in own if person.office)
    has = has or (not own and verifier.holds_office(speaker, role))
    taken = any(holds(person.office, [role]) for person in others if person.office)
    return not has and (
        taken or (not verifier.holds_office(speaker, role) and _names_other(verifier, speaker, role))
    )


def _names_other(verifier: Verifier, speaker: str, role: str) -> bool:
    """Whether an office stands right before the name of somebody else, each time."""
    places = list(islice(occurrences(verifier.text, role), _MOST_PLACES))
    behind = [_FULL_NAME.match(verifier.text, place.end) for place in places]
    return bool(places) and all(name and not same_person(name["who"], speaker) for name in behind)


def _key(proposal: StatementProposal, place: Span) -> str:
    """What tells a statement from others of its sentences."""
    return f"{proposal.speaker}|{place.start}" if proposal.direct else proposal.speaker


def _words_said(item: StatementAnswer, numbered: Numbered) -> list[str]:
    """What was said in the sentences of a statement: each of their quotations, or the one that begins with its words.

    Where they hold none, a transcript has it without quotation marks.
    """
    annotated, runs = numbered.annotated, numbered.runs(item.s)
    if not item.quoted:
        surname = (item.speaker.split() or [""])[-1]
        told = [run for run in runs if first(annotated.words(run), item.words or surname)]
        told = told or [run for run in runs if lexicon.speech.verbs.search(annotated.words(run))]
        return [annotated.words((told or runs)[0])]
    parts = [
        Span(max(quotation.start, run.start), min(quotation.end, run.end))
        for run in runs
        for quotation in touching(annotated.quotations, run.start, run.end)
    ]
    if item.words is None:
        return [annotated.words(part) for part in parts] or [annotated.words(runs[0])]
    for run in runs:
        place = first(annotated.words(run), item.words)
        if place is None:
            continue
        start = run.start + place.start
        part = next((part for part in parts if part.start <= start < part.end), None)
        return [annotated.words(part or Span(start, run.end))]
    return [item.words]


def answered(item: StatementAnswer, numbered: Numbered) -> list[StatementProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        StatementProposal(
            **numbered.place(item.s),
            speaker=item.speaker,
            text=text,
            direct=item.quoted,
            role=item.role,
            party=item.party,
            channel=item.channel,
            **date_fields("said_on", item.said_on),
        )
        for text in _words_said(item, numbered)
    ]


def _said_on(
    verifier: Verifier,
    proposal: StatementProposal,
    words: str,
    said: Span,
    near: Sequence[Span],
    leaves: Leaves,
) -> FuzzyDate:
    """When it was said. Raises Unproven where its sentence has that be another day, or the time of what is told."""
    date, place = verifier.dated(words, proposal.said_on_edtf, near, leaves)
    own = next(iter(touching(verifier.annotated.dates, place.start, place.end)), None)
    if leaves.own or own is None or own.clause is None:
        return date
    whole = verifier.sentence(place)
    around = [whole, verifier.sentence(said)]
    others = [
        one for span in around for one in inside(verifier.annotated.dates, span.start, span.end) if one != own
    ]
    told = any(one.clause and _SPEECH.sayings.fullmatch(one.clause.verb.text) for one in others)
    elsewhere = told and joined(*around) != whole
    if (
        own.clause.preposition in _WHILE
        or elsewhere
        or (told and not _SPEECH.sayings.fullmatch(own.clause.verb.text))
    ):
        raise Unproven(f"{own.text!r} is not when it was said")
    return date


def _cuts_a_phrase(text: str, place: Span) -> bool:
    """Whether words of a script without blanks are taken out of others: nothing tells where a word of it ends."""
    before, after = text[max(place.start - 1, 0) : place.start + 1], text[place.end - 1 : place.end + 1]
    return any(unspaced(pair) == 2 for pair in (before, after))


def verify(
    verifier: Verifier, proposal: StatementProposal, leaves: Leaves, known: Container[str]
) -> Statement:
    span, *beside = spans = verifier.spans(proposal)
    place = verifier.inside(proposal.text, "what was said", *spans)
    if proposal.direct and _cuts_a_phrase(verifier.text, place):
        raise Unproven("what was said goes on in the text without a mark")
    speaker = verifier.stands(proposal.speaker, "the speaker")
    near = [verifier.paragraph(span), *beside]
    # A transcript tells it once.
    everywhere = [Span(0, len(verifier.text))] if _turns_in(verifier.text) else []
    channel = leaves.optional(
        "channel", proposal.channel, lambda words: verifier.stands(words, "the channel", *near, *everywhere)
    )
    said_on = leaves.optional(
        "said_on",
        proposal.said_on_words,
        lambda words: _said_on(verifier, proposal, words, place, near, leaves),
    )
    verifier.affirmed(place)
    (_attributed if proposal.direct else _told)(verifier, proposal, place)
    if verifier.annotated.foreign:
        _others_told(verifier, proposal.speaker, place)
    role = leaves.optional("role", proposal.role, lambda words: _office(verifier, words, speaker, leaves))
    party = leaves.optional("party", speaker, lambda speaker: _party(verifier, proposal, speaker, leaves))
    return Statement(
        **verifier.shared(
            "statement", spans, _key(proposal, place), leaves, "reported" if proposal.direct else None
        ),
        speaker=speaker,
        role=role,
        party=party,
        direct=proposal.direct,
        text=plain(verifier.words(place)),
        channel=channel,
        said_on=said_on,
    )
