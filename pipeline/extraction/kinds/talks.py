"""The talks themselves: whether a document is about a trade negotiation, between whom, where, and how far it is."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from pipeline.documents.document import Span, inside
from pipeline.extraction import meeting
from pipeline.extraction.asides import of_others
from pipeline.extraction.kinds.delegates import level_of
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, date_fields
from pipeline.language.annotate import Annotated, DateMention, Numbered, Sentence
from pipeline.language.clauses import between_marks, tokens_at
from pipeline.language.lexicons import Signs, any_of, classify, lexicon
from pipeline.language.parties import Mention, mentions, name_of
from schemas import Delegate, FuzzyDate, Negotiation
from schemas.proposals import TalksAnswer, TalksProposal
from schemas.vocabulary import NegotiationStatus

_TALKS, _MODALITY = lexicon.talks, lexicon.modality
_TRADE, _TALK = _TALKS.trade.any, _TALKS.talk.any
_TRADE_TALK = re.compile(
    rf"\b{_TRADE}\b[\w’',\s-]{{0,45}}?\b{_TALK}\b|\b{_TALK}\b[\w’',\s-]{{0,45}}?\b{_TRADE}\b|\bFTA\b"
    rf"|\b{_TALKS.dispute.any}\b",
    re.IGNORECASE,
)
_BACK = re.compile(_TALKS.back.any, re.IGNORECASE)
_ORDINALS = lexicon.numbers.ordinals
_ROUND = re.compile(
    rf"\b{any_of([*_ORDINALS, *_TALKS.round_names])} round\b",
    re.IGNORECASE,
)
_NTH_ROUND = rf"(?P<round>(?P<nth>{any_of(_ORDINALS)}) round)\b"
_THIS_ROUND = re.compile(rf"\bthis {_NTH_ROUND}", re.IGNORECASE)
_ROUND_HELD = re.compile(rf"(?:^|[.;:] |\bthe ){_NTH_ROUND}[^.;]*?\b{_TALKS.held.any}\b", re.IGNORECASE)
_IS_ROUND = re.compile(rf"\d|\b{_TALKS.rounds.any}\b", re.IGNORECASE)
_LINK = re.compile(r"(?:[-–—/]|,? (?:and|with|or) (?:the )?|, (?:the )?|’s? |\W+and\W+)$")
_TALKS_WITH = re.compile(rf"\b{_TALKS.tables.any} with (?:the )?$", re.IGNORECASE)
_TWICE = 2
_ONES = lexicon.numbers.ones
_TALKS_BETWEEN = re.compile(
    rf"\b{_TALKS.tables.any} (?:[\w’-]+ ){{0,4}}(?:between|among|of) (?:the )?$", re.IGNORECASE
)
_TALK_NOW = re.compile(
    rf"(?:\s(?!{_TALKS.apart.any}\b)[\w’'-]+){{0,5}}?\s{_TALKS.tables.any}\b", re.IGNORECASE
)
_COUNTED = re.compile(rf"\b(?:the|all) (?P<number>{any_of(_ONES)}) {_TALKS.counted.any}\b", re.IGNORECASE)
_PAIR = 2
"""Two sides are counted too often, and of too much, to tell who sits at a table: "the two countries"."""
_TITLE, _ABOUT_TALKS, _OTHER = 4, 2, 1
"""What it weighs for two parties to be named together: in a title about talks, in a sentence about talks, elsewhere."""
_COUPLED = 2
"""So many times more where nothing but a link stands between them: "Norway and Chile"."""
_SHARE, _NAMED_SHARE = 0.45, 0.65
"""How near a party comes to the runner-up in score, and to the one named second most often."""
_REACHED = {"concluded", "agreed_in_principle", "signed", "in_force"}
_MADE = {"signed", "in_force"}
"""What talks come to, which the sentences beside may tell is still to come."""
_OFTEN = 4
"""Where none is named so many times, how often says nothing."""
_STATUS_SENTENCES = 8
_AROUND = 2
"""How many sentences away a matter of trade tells what a sentence about bargaining is about."""
_JOINING = 2
"""How many sentences on a country's joining a body make this the matter of a text."""
_SEVERAL, _NOTE, _LISTED = 4, 8, 3
"""More parties than these are many; so many sentences are a note; so many members beside one other party are a body."""
_OPENING = 4
"""How many sentences open a text."""
_FIRST, _DOUBT = 2, 1.0
"""So little may speak against a text of which so many first sentences tell of trade talks."""
_TABLES = 3
"""So many parties may sit at two tables."""
_ATTRIBUTES = {"poss", "amod", "compound", "nmod", "nummod", "npadvmod"}
_BACK_OF_DATE = 30


def _weigh(text: str, named: Iterable[Mention], weight: int, scores: Counter[str]) -> None:
    """Adds to the score of each party that a text names with another; more where they are coupled."""
    actors = [mention for mention in named if not mention.place]
    if len({mention.code for mention in actors}) < 2:
        return
    for code in {mention.code for mention in actors}:
        scores[code] += weight
    coupled: set[str] = set()
    for left, right in pairwise(actors):
        if left.code != right.code and _LINK.match(text, left.end, right.start):
            coupled |= {left.code, right.code}
    for code in coupled:
        scores[code] += _COUPLED * weight


def _parties(scores: Counter[str], named: Counter[str]) -> list[str]:
    """Those whose score comes near the runner-up's, and who are named as often: a side of the table is."""
    if len(scores) < 2:
        return []
    runner_up = scores.most_common(2)[1][1]
    near = sorted(code for code, score in scores.items() if score >= _SHARE * runner_up)
    often = sorted((named[code] for code in near), reverse=True)[1]
    near = [code for code in near if often < _OFTEN or named[code] >= _NAMED_SHARE * often]
    for body, members in lexicon.parties.members.items():
        within = [code for code in near if code in members]
        if body in near and within:
            one = named[body] > 2 * max(named[code] for code in within)
            near = [code for code in near if code not in within] if one else [c for c in near if c != body]
        elif len(within) >= _LISTED and len(near) - len(within) == 1 and named[body]:
            near = [*(code for code in near if code not in within), body]
    countries = [code for code in near if not code.startswith("X-")]
    return countries if len(countries) > 2 else near


def _status(texts: Iterable[str]) -> str:
    statuses = (classify(text, _TALKS.statuses, "unknown") for text in texts)
    return next((status for status in statuses if status != "unknown"), "unknown")


def propose(annotated: Annotated) -> TalksProposal | None:
    """The negotiation that a document is about; None where it is about something else."""
    parties = sides(annotated)
    if len(parties) < 2:
        return None
    body = annotated.body
    if not _is_about_talks(annotated, parties):
        return None
    others = of_others(annotated, parties)
    about = [s for s in body if _TALKS.talk.search(s.text) and s.index not in others]
    lead = _lead([*about, *body], {s.start: len(_actors(annotated, s) & set(parties)) for s in body})
    quote, at = annotated.quote(lead.start, lead.end)
    dates = inside(annotated.dates, lead.start, lead.end)
    over = _TALKS.ends.search(lead.text) is not None
    ahead = next(
        (
            date.text
            for date in dates
            if not _BACK.match(date.text)
            and meeting.is_day(date)
            and not (date.clause and (date.clause.superseded or date.clause.says))
            and not meeting.of_something_else(lead, date)
            and _meets(_part(lead, date))
            and not (over and meeting.later(date.date, annotated.context.anchor))
        ),
        None,
    )
    round_ = _round_told(lead.text) or _round_of_body([s for s in body if s.index not in others])
    return TalksProposal(
        quote=quote,
        at=at,
        parties=parties,
        venue=meeting.venue(annotated, parties, others),
        round=round_,
        date_words=ahead,
        status=_status(sentence.text for sentence in about[:_STATUS_SENTENCES]),
    )


def _part(sentence: Sentence, date: DateMention) -> str:
    """What a sentence says between semicolons around a date."""
    start, end = date.start - sentence.start, date.end - sentence.start
    after = sentence.text.find(";", end)
    return sentence.text[sentence.text.rfind(";", 0, start) + 1 : after if after >= 0 else None]


def _round_told(text: str) -> str | None:
    """The round that a sentence is about; the next one is another where it tells of talks that have begun."""
    found = list(_ROUND.finditer(text))
    for match in found:
        part = between_marks(text, match.start(), match.end())
        clause = text[part.start : part.end]
        put_off = _MODALITY.moves.search(clause) or _MODALITY.future.search(clause)
        if not put_off or part == between_marks(text, 0, 1):
            return match[0]
    return None


def _round_of_body(body: Sequence[Sentence]) -> str | None:
    """The round that a text calls its own ("this third round"), or the last that it has been held."""
    for sentence in body:
        if own := _THIS_ROUND.search(sentence.text):
            return own["round"]
    held = [match for sentence in body for match in _ROUND_HELD.finditer(sentence.text)]
    return max(held, key=lambda match: _ORDINALS[match["nth"].lower()])["round"] if held else None


def _meets(text: str) -> bool:
    """Whether a sentence has talks held, or planned, rather than broken off."""
    return _TALKS.meeting.search(text) is not None and not _TALKS.unreached.search(text)


def _is_about_talks(annotated: Annotated, parties: Collection[str]) -> bool:
    if is_note(annotated):
        return _says_so(annotated, parties) or _tells_of_both(annotated, parties)
    score = lexicon.relevance.score(page_signs(annotated, parties))
    return score > 0 or (score > -_DOUBT and _opens_so(annotated, parties))


def _opens_so(annotated: Annotated, parties: Collection[str]) -> bool:
    """Whether one of its first two sentences has two of the sides in talks, and names a matter of trade."""
    of_trade = next(row.words for row in _TALKS.signs if row.name == "trade")
    return any(
        _TALKS.talk.search(sentence.text)
        and of_trade.search(sentence.text)
        and len(_actors(annotated, sentence) & set(parties)) > 1
        for sentence in annotated.body[:_FIRST]
    )


def is_note(annotated: Annotated) -> bool:
    """Whether a text is so short that shares of its sentences tell nothing."""
    return len(annotated.body) <= _NOTE


def _tells_of_both(annotated: Annotated, parties: Collection[str]) -> bool:
    """Whether a note names a matter of trade, and that somebody deals with somebody, more than other matters.

    Goods are such a matter where two of the sides deal with each other about them.
    """
    texts = [annotated.document.title or "", *(sentence.text for sentence in annotated.body)]
    rows = {row.name: row.words for row in _TALKS.signs}
    trade = [
        rows["trade"].search(text) is not None or rows["offices"].search(text) is not None for text in texts
    ]
    others = sum(
        not told and _TALKS.others.search(text) is not None for told, text in zip(trade, texts, strict=True)
    )
    if 2 * others > len(annotated.body):
        return False
    dealing = (rows["talks"], _TALKS.meeting, _TALKS.dealings, _TALKS.dispute)
    if any(trade) and any(words.search(text) for words in dealing for text in texts):
        return True
    return any(
        rows["goods"].search(sentence.text)
        and rows["talks"].search(sentence.text)
        and len(_actors(annotated, sentence) & set(parties)) > 1
        for sentence in annotated.body
    )


def _says_so(annotated: Annotated, parties: Collection[str]) -> bool:
    """Whether a note of a few sentences says that two parties have trade talks: there are no shares to weigh.

    Where it begins with that, half of it may be about other matters.
    """
    body = annotated.body
    others = sum(_TALKS.others.search(sentence.text) is not None for sentence in body)
    says = [
        _of_trade_talks(sentence.text) and len(_actors(annotated, sentence) & set(parties)) > 1
        for sentence in body
    ]
    few = 2 * others < len(body) or (
        others < len(body) and (any(says[:_OPENING]) or _titled(annotated, parties))
    )
    return few and (any(says) or _titled(annotated, parties))


def _titled(annotated: Annotated, parties: Collection[str]) -> bool:
    """Whether the title has two of the parties in trade talks."""
    title = annotated.document.title or ""
    named = {mention.code for mention in mentions(title)} & set(parties)
    return _of_trade_talks(title) and len(named) > 1


def _with_host(annotated: Annotated, parties: list[str], named: Counter[str]) -> list[str]:
    """The sides where a text names its own by its capital alone: "urged the government … talks with Chile in Manila".

    Such a text names nobody else again and again.
    """
    for sentence in annotated.body:
        here = inside(annotated.parties, sentence.start, sentence.end)
        guests = {
            mention.code
            for mention in here
            if not mention.place and _TALKS_WITH.search(annotated.text, sentence.start, mention.start)
        }
        hosts = {mention.code for mention in here if mention.place}
        alone = guests == {mention.code for mention in here if not mention.place}
        if (
            len(guests) == len(hosts) == 1
            and guests != hosts
            and alone
            and _TALKS.at_home.search(sentence.text)
        ):
            rest = {*parties} - guests - hosts
            return sorted(guests | hosts) if all(named[code] < _TWICE for code in rest) else parties
    return parties


def _lead(sentences: Sequence[Sentence], named: Mapping[int, int]) -> Sentence:
    """The sentence that names the sides: the first that names two, else one, else the first.

    `named`: how many sides a sentence names, by where it starts.
    """
    most = min(max(named.values()), 2)
    return next(sentence for sentence in sentences if named[sentence.start] >= most)


def sides(annotated: Annotated) -> list[str]:
    """The parties that deal with each other, if a text is about talks; fewer than two where it tells of none.

    Those whom the title of a joint statement names have made it.
    """
    title, body = annotated.document.title or "", annotated.body
    in_text = {mention.code for mention in annotated.parties}
    in_title = [m for m in mentions(title) if m.code in in_text and m.code not in _TALKS.admitting]
    signed = {mention.code for mention in in_title if not mention.place}
    if len(signed) > 1 and lexicon.sources.joint_titles.search(title):
        return sorted(signed)
    scores: Counter[str] = Counter()
    _weigh(title, in_title if _of_trade_talks(title) else (), _TITLE, scores)
    of_trade = [_names_a_matter(sentence.text) for sentence in body]
    named: Counter[str] = Counter(mention.code for mention in in_title if not mention.place)
    for i, sentence in enumerate(body):
        beside = any(of_trade[max(i - _AROUND, 0) : i + _AROUND + 1])
        weight = _ABOUT_TALKS if _about_trade_talks(annotated, sentence, beside) else _OTHER
        _weigh(annotated.text, _named(annotated, sentence), weight, scores)
        named.update(m.code for m in _named(annotated, sentence) if not m.place)
    parties = _parties(scores, named)
    if len(parties) > 2:
        parties = _not_in_passing(annotated, body, parties, named)
    if len(parties) == _TABLES:
        parties = _one_table(annotated, parties)
    if len(parties) != 2 and sum(score > _OTHER for score in scores.values()) < 2:
        parties = _named_apart(annotated, named) or parties
    parties = _as_counted(annotated, scores, parties)
    return _with_host(
        annotated, _with_most_named(annotated, _at_table(annotated, parties, named), named), named
    )


def _as_counted(annotated: Annotated, scores: Counter[str], parties: list[str]) -> list[str]:
    """As many parties as the text counts at the table: "officials of the three countries"."""
    told = {
        number
        for sentence in annotated.body
        for match in _COUNTED.finditer(sentence.text)
        if (number := _ONES.index(match["number"].lower()) + 1) > len(parties)
    }
    many = max(told, default=0)
    return sorted(code for code, _ in scores.most_common(many)) if len(scores) == many > _PAIR else parties


def _at_table(annotated: Annotated, parties: list[str], named: Counter[str]) -> list[str]:
    """Those whom the text has talk with each other, rather than others whom it names as often.

    A text that names many sides, of whom each sentence has a few, is left as it is, and so is a long list of members.
    """
    tables: Counter[frozenset[str]] = Counter()
    opening: list[frozenset[str]] = []
    leading: list[frozenset[str]] = []
    for i, sentence in enumerate(annotated.body):
        if _TALKS.tables.search(sentence.text):
            here = _together(annotated, sentence)
            tables.update(here)
            opening += here if i == 0 else []
            leading += here if i < _FIRST else []
    tables.update(opening)
    if not tables or (len(parties) > _SEVERAL and not leading):
        return parties
    most = max(tables.values())
    first = next(group for group in tables if tables[group] == most)
    if len(first) > _SEVERAL or (len(parties) > _SEVERAL and first not in leading):
        return parties
    others = set(parties) - first
    rarer = min(named[code] for code in first) < _NAMED_SHARE * max(
        (named[code] for code in others), default=0
    )
    elsewhere = any(group & others and 2 * tables[group] > most for group in tables)
    return parties if elsewhere or (rarer and first not in opening) else sorted(first)


def _together(annotated: Annotated, sentence: Sentence) -> list[frozenset[str]]:
    """The parties that a sentence has talk with each other: coupled beside what they do, or the one with the other."""
    actors = [mention for mention in _named(annotated, sentence) if not mention.place]
    runs: list[list[Mention]] = []
    for mention in actors:
        if runs and _LINK.match(annotated.text, runs[-1][-1].end, mention.start):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    groups = [frozenset(one.code for one in run) for run in runs if _talks(annotated, sentence, run)]
    if len(runs) > 1 and _TALKS_WITH.search(annotated.text, runs[0][-1].end, runs[1][0].start):
        groups = [frozenset(one.code for run in runs[:2] for one in run)]
    return [group for group in groups if len(group) > 1]


def _talks(annotated: Annotated, sentence: Sentence, run: Sequence[Mention]) -> bool:
    """Whether some parties in a row are those of the talks that stand beside them."""
    return (
        _TALKS_BETWEEN.search(annotated.text, sentence.start, run[0].start) is not None
        or _TALK_NOW.match(annotated.text, run[-1].end, sentence.end) is not None
    )


def _with_most_named(annotated: Annotated, parties: list[str], named: Counter[str]) -> list[str]:
    """The parties, with the one that a text names far more often than any other where it is not among them.

    Who is to join a body has that body for the other side.
    """
    (first, often), (_, next_often) = [*named.most_common(2), ("", 0), ("", 0)][:2]
    if often < max(_OFTEN, 2 * next_often) or (first in parties and len(parties) > 2):
        return parties
    joining = [sentence for sentence in annotated.body if _TALKS.accession.search(sentence.text)]
    joined = Counter(
        mention.code
        for sentence in joining
        for mention in inside(annotated.parties, sentence.start, sentence.end)
        if mention.code.startswith("X-") and first not in lexicon.parties.members.get(mention.code, ())
    )
    admitting = {mention.code for mention in annotated.parties if mention.code in _TALKS.admitting}
    body = max(joined, key=lambda code: joined[code], default=min(admitting, default=None))
    if body and len(joining) >= _JOINING:
        return sorted([first, body])
    return parties if first in parties or len(parties) < 2 else sorted([first, *parties])


def _not_in_passing(
    annotated: Annotated, body: Sequence[Sentence], parties: list[str], named: Counter[str]
) -> list[str]:
    """Of several, those who are named more than once, or in one list with the others."""
    listed: set[str] = set()
    for sentence in body:
        here = {mention.code for mention in _named(annotated, sentence)} & set(parties)
        listed |= here if len(here) > 2 else set()
    kept = [code for code in parties if named[code] > 1 or code in listed]
    return kept if len(kept) > 1 else parties


def _one_table(annotated: Annotated, parties: list[str]) -> list[str]:
    """Of three parties of which one talks with each of the others, who are never named together: the first two."""
    together = [_actors(annotated, sentence) & set(parties) for sentence in annotated.body]
    pairs = {frozenset(here) for here in together if len(here) > 1}
    hubs = [code for code in parties if all(code in pair for pair in pairs)]
    if len(pairs) != 2 or len(hubs) != 1:
        return parties
    others = [code for code in parties if code != hubs[0]]
    first = {mention.code: mention.start for mention in reversed(annotated.parties)}
    return sorted([hubs[0], min(others, key=lambda code: first[code])])


@lru_cache(maxsize=1_000)
def _of_trade_talks(text: str) -> bool:
    return _TRADE_TALK.search(text) is not None


def _names_a_matter(text: str) -> bool:
    """Whether a text names what trade talks are about: "trade" alone may be the trade of players."""
    if _of_trade_talks(text):
        return True
    return any(match[0].casefold() != "trade" for match in _TALKS.matters.pattern.finditer(text))


def _named_apart(annotated: Annotated, named: Counter[str]) -> list[str]:
    """The two whom a text that never names them together is about: no third is named nearly as often."""
    often = named.copy()
    if annotated.home:
        often[annotated.home] += 1
    (first, most), (second, more), (_, third) = [*often.most_common(3), ("", 0), ("", 0), ("", 0)][:3]
    return sorted([first, second]) if most > 1 and more and third * 2 <= more else []


def _about_trade_talks(annotated: Annotated, sentence: Sentence, trade_beside: bool) -> bool:
    """Whether a sentence speaks of trade talks, or has two parties deal with each other about trade.

    `trade_beside`: whether it or a sentence near it names a matter of trade.
    """
    if _of_trade_talks(sentence.text):
        return True
    if _TALKS.matters.search(sentence.text) and _TALKS.dealings.search(sentence.text):
        return len({mention.code for mention in _named(annotated, sentence) if not mention.place}) > 1
    if not trade_beside or not _TALKS.bargaining.search(sentence.text):
        return False
    return len(_acting(annotated, sentence)) > 1


def _acting(annotated: Annotated, sentence: Sentence) -> set[str]:
    """The parties that act in a sentence themselves; not those that only tell from where somebody is."""
    return {
        mention.code
        for mention in _named(annotated, sentence)
        if not mention.place and _acts(sentence, mention)
    }


def _acts(sentence: Sentence, mention: Mention) -> bool:
    """Whether the parse has a party stand for itself, or own what governments have: "Thai duties", not "Thai firms"."""
    if sentence.tokens is None:
        return True
    words = tokens_at(sentence.tokens, mention.start - sentence.shift, mention.end - sentence.shift)
    if words is None:
        return True
    word = words.root
    while word.dep_ == "conj" and word.head.i < word.i:
        word = word.head
    if word.dep_ in _ATTRIBUTES:
        owner = word.head
    elif word.dep_ == "pobj" and word.head.lower_ == "of" and word.head.head.pos_ in {"NOUN", "PROPN"}:
        owner = word.head.head
    else:
        return True
    return bool(_TALKS.governing.fullmatch(owner.lower_)) or owner in words


def _named(annotated: Annotated, sentence: Sentence) -> list[Mention]:
    """Whom a sentence names, but for bodies with which nobody bargains save to join them."""
    here = inside(annotated.parties, sentence.start, sentence.end)
    return [mention for mention in here if mention.code not in _TALKS.admitting]


def _actors(annotated: Annotated, sentence: Sentence) -> set[str]:
    """The parties that a sentence names as more than a place."""
    here = inside(annotated.parties, sentence.start, sentence.end)
    return {mention.code for mention in here if not mention.place}


def page_signs(annotated: Annotated, parties: Collection[str]) -> Signs:
    """What speaks for or against a text's being about trade talks between some parties, by name.

    Most are square roots of shares of its sentences: that a few of them tell of tariffs says much.
    """
    title, texts = annotated.document.title or "", [sentence.text for sentence in annotated.body]
    told = {row.name: [row.words.search(text) is not None for text in texts] for row in _TALKS.signs}
    other = [_TALKS.others.search(text) is not None for text in texts]
    sides = [len(_actors(annotated, sentence) & set(parties)) for sentence in annotated.body]
    acting = [len(_acting(annotated, sentence)) for sentence in annotated.body]
    outright = [_of_trade_talks(text) for text in texts]
    trade, talks = told["trade"], told["talks"]
    matters = [any(each) for each in zip(trade, told["goods"], told["offices"], outright, strict=True)]
    near = [any(matters[max(at - 1, 0) : at + 2]) for at in range(len(matters))]
    shares: dict[str, Iterable[bool]] = {
        **{name: each for name, each in told.items() if name != "talks"},
        # talks on trade may be about patents, too
        "other": (
            apart and not (of_trade or of_talks)
            for apart, of_trade, of_talks in zip(other, trade, talks, strict=True)
        ),
        "outright": outright,
        "side": (bool(number) for number in sides),
        "two_sides": (number > 1 for number in sides),
        "trade_of_side": (of_trade and number > 0 for of_trade, number in zip(trade, sides, strict=True)),
        "talks_of_side": (of_talks and number > 0 for of_talks, number in zip(talks, sides, strict=True)),
        "two_act": (number > 1 for number in acting),
        "talks_apart": (of_talks and not by for of_talks, by in zip(talks, near, strict=True)),
        "talks_near": (of_talks and by for of_talks, by in zip(talks, near, strict=True)),
    }
    told_first = [_titled(annotated, parties)]
    told_first += [told and number > 1 for told, number in zip(outright[:_OPENING], sides, strict=False)]
    opening = " ".join(texts[:_OPENING])
    return {
        **{name: math.sqrt(sum(each) / max(len(texts), 1)) for name, each in shares.items()},
        **{f"title_{row.name}": float(row.words.search(title) is not None) for row in _TALKS.signs},
        **{f"opens_{row.name}": float(row.words.search(opening) is not None) for row in _TALKS.signs},
        "title_other": float(_TALKS.others.search(title) is not None),
        "opens_other": math.sqrt(sum(other[:_OPENING]) / _OPENING),
        "opens_outright": float(any(told_first)),
        "an_office": float(any(told["offices"])),
        "many_parties": float(len(parties) > _SEVERAL),
    }


def _round(verifier: Verifier, words: str) -> str:
    """The name of a round as the document writes it. Raises Unproven where it names none."""
    name = verifier.named_as(words, "the round")
    if not verifier.annotated.foreign and not _IS_ROUND.search(name):
        raise Unproven(f"the round ({words!r}) is the name of none")
    return name


def _came_to(verifier: Verifier, words: str, spans: Sequence[Span]) -> str:
    """What the talks came to. Raises Unproven where it does not stand in some spans, or is denied there."""
    verifier.affirmed(verifier.inside(words, "the outcome", *spans))
    return verifier.stands(words, "the outcome", *spans)


def _contradicted(status: NegotiationStatus, texts: Iterable[str]) -> bool:
    """Whether words of some texts say that talks do not stand so, and none say that they do."""
    row = next((row for row in _TALKS.contraries if row.name == status), None)
    if row is None:
        return False
    whole = " ".join(texts)
    left = row.words.pattern.sub("…", whole)
    left = _TALKS.unreached.pattern.sub("…", left) if status in _REACHED else left
    return left != whole and not row.unless.search(left)


def _starts(
    verifier: Verifier, words: str, edtf: str | None, where: Sequence[Span], leaves: Leaves
) -> FuzzyDate:
    """When a round starts. Raises Unproven where that is the day on which it ends: "from 5 May to 7 May"."""
    date, place = verifier.dated(words, edtf, where, leaves)
    ends = lexicon.figures.closings.any
    before = verifier.words(Span(max(place.start - _BACK_OF_DATE, 0), place.start))
    if not leaves.own and re.search(rf"\d[\w ,]*\b(?:to|{ends})\s+$", before):
        raise Unproven(f"{words!r} is when it ends")
    return date


def answered(item: TalksAnswer, numbered: Numbered) -> list[TalksProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        TalksProposal(
            **numbered.place(item.s),
            parties=item.parties,
            venue=item.venue,
            round=item.round,
            **date_fields("date", item.starts),
            status=item.status,
            stage=item.stage,
            outcome=item.outcome,
        )
    ]


def verify(
    verifier: Verifier, proposal: TalksProposal, delegates: Iterable[Delegate], leaves: Leaves
) -> Negotiation:
    """The talks, parties and venue read again in the text. Raises Unproven."""
    quote, *beside = verifier.spans(proposal)
    codes = {verifier.annotated.party(words) for words in proposal.parties}
    parties = sorted(code for code in codes if code and code in verifier.named)
    if len(parties) < 2:
        raise Unproven("fewer than two of its parties are named in the document")
    spans = [quote, *beside]
    anywhere = [*spans, Span(0, len(verifier.text))]
    venue = leaves.optional("venue", proposal.venue, lambda city: verifier.named_as(city, "the venue"))
    round_ = leaves.optional("round", proposal.round, lambda name: _round(verifier, name))
    start = leaves.optional(
        "start",
        proposal.date_words,
        lambda words: _starts(verifier, words, proposal.date_edtf, anywhere, leaves),
    )
    told = [verifier.sentence(quote), *beside]
    told_days = meeting.meeting_days(verifier.annotated, of_others(verifier.annotated, parties))
    if leaves.own or not proposal.date_words:
        start = told_days.start or start
    if leaves.own and told_days.end and not told_days.start and start and start.edtf == told_days.end.edtf:
        start = None  # the day on which they ended
    came_to = leaves.optional("outcome", proposal.outcome, lambda words: _came_to(verifier, words, told))
    status = proposal.status
    near = [Span(0, len(verifier.text))] if status in _MADE else spans
    if not leaves.own and _contradicted(status, map(verifier.words, near)):
        leaves.failed.append(("status", f"the words do not have it {status}"))
        status = "unknown"
    return Negotiation(
        name=name_of(parties, venue and meeting.as_name(venue)),
        parties=parties,
        venue=venue and meeting.as_name(venue),
        round=round_,
        start=start,
        end=told_days.end,
        level=level_of(delegates),
        status=status,
        stage=proposal.stage,
        outcome=came_to,
        translated=[],
        prior_round=None,
        next_round=None,
    )
