"""What each file of a lexicon holds: words and signs, which compile when they are first asked, and ordered rows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, chain, pairwise
from operator import or_
from typing import Generic, TypeVar

from msgspec import Struct

from schemas.vocabulary import Comparator, Direction

UPPER = f"[{''.join(chr(c) for c in range(ord('A'), 0x250) if chr(c).isupper())}]"
"""Any upper-case letter of the Latin alphabets: names begin with one."""
NAME_WORD = rf"{UPPER}(?:[\w.’'-]*\w)?"
"""A capitalised word, initials, apostrophes and hyphens inside it."""


def any_of(expressions: Iterable[str]) -> str:
    """A group that matches any of the expressions, the longest spelling first."""
    return f"(?:{'|'.join(sorted(expressions, key=len, reverse=True))})"


_LONG = 2_000
"""A text of so many characters has a word of nearly every list."""
_WORD_BEGINNING = re.compile(r"(?<!\w)\w{1,3}")
_NO_BRACKETS = re.compile(r"\\.|\[[^\]]*\]")
_LETTERS = re.compile(r"\w{1,3}(?![?*{+])")
_SIGNS = re.IGNORECASE | re.DOTALL


@lru_cache(maxsize=512)
def _beginnings(text: str) -> tuple[frozenset[str], dict[str, int]]:
    """How words begin, by the first letter of each, its first two and its first three; and where each of these is.

    Places are bits of a number: of numbers, unlike lists, no garbage is looked for, and there are tens of thousands.
    """
    places: dict[str, int] = {}
    for match in _WORD_BEGINNING.finditer(text):
        letters, at = match[0].lower(), 1 << match.start()
        for length in range(1, len(letters) + 1):
            places[letters[:length]] = places.get(letters[:length], 0) | at
    return frozenset(places), places


def _search(
    pattern: re.Pattern[str], begins: frozenset[str], text: str, start: int, end: int
) -> re.Match[str] | None:
    """What a pattern finds whose matches begin as words do, with these letters.

    Most words of a sentence are in no list, and how they begin says so sooner than the pattern does.
    """
    if len(text) >= _LONG:
        return pattern.search(text, start, end)
    beginnings, places = _beginnings(text)
    if begins.isdisjoint(beginnings):
        return None
    left = reduce(or_, map(places.__getitem__, begins & beginnings)) >> start
    while left:
        skipped = (left & -left).bit_length()
        start, left = start + skipped, left >> skipped
        if match := pattern.match(text, start - 1, end):
            return match
    return None


def _plain(expression: str) -> str:
    """An expression with dots for what has no meaning of its own: brackets of characters, and what is escaped."""
    return _NO_BRACKETS.sub(lambda match: "." * len(match[0]), expression)


def _depths(expression: str) -> list[int]:
    """How many groups are open behind each character of an expression."""
    return list(accumulate((one == "(") - (one == ")") for one in _plain(expression)))


def _alternatives(expression: str) -> list[str]:
    depths = _depths(expression)
    bars = [at for at, one in enumerate(_plain(expression)) if one == "|" and not depths[at]]
    return [expression[first + 1 : last] for first, last in pairwise([-1, *bars, len(expression)])]


def _begins(expression: str) -> set[str] | None:
    """How what an expression matches begins, by up to three letters; None where that is not plain."""
    alternatives = _alternatives(expression)
    if len(alternatives) > 1:
        each = [_begins(alternative) for alternative in alternatives]
        return None if None in each else set(chain.from_iterable(filter(None, each)))
    if not expression.startswith("(?:"):
        match = _LETTERS.match(expression)
        return {match[0].lower()} if match else None
    closes = _depths(expression).index(0)
    first, rest = _begins(expression[3:closes]), expression[closes + 1 :]
    if not rest.startswith("?"):
        return None if rest[:1] in {"*", "{"} else first
    after = _begins(rest[1:])
    return None if first is None or after is None else first | after


class WordList:
    """A list of regular expressions of whole words. Its methods find any of them, in any case."""

    def __init__(self, expressions: Iterable[str]) -> None:
        self._expressions = tuple(expressions)

    def __iter__(self) -> Iterator[str]:
        return iter(self._expressions)

    def __repr__(self) -> str:
        return f"WordList({list(self._expressions)!r})"

    @cached_property
    def any(self) -> str:
        """A group of all of them, to build patterns with."""
        return any_of(self._expressions)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w){self.any}(?!\w)", re.IGNORECASE)

    @cached_property
    def cased(self) -> re.Pattern[str]:
        """As they are written, capitals and all."""
        return re.compile(rf"(?<!\w){self.any}(?!\w)")

    @cached_property
    def _first_letters(self) -> frozenset[str] | None:
        """How the words of the list begin; None where one of them does not say."""
        begins = _begins("|".join(self._expressions))
        return None if begins is None else frozenset(begins)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        last = len(text) if end is None else end
        if self._first_letters is None:
            return self.pattern.search(text, start, last)
        return _search(self.pattern, self._first_letters, text, start, last)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.pattern.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text)


class SignList:
    """A list of regular expressions that say themselves where a word begins and ends, or a line.

    Raises ValueError for several in one, as `^` or `\\b` would hold for the first alone.
    """

    def __init__(self, expressions: Iterable[str]) -> None:
        self._expressions = tuple(expressions)
        if several := [one for one in self._expressions if len(_alternatives(one)) > 1]:
            raise ValueError(f"more than one sign: {several[0]}")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Of all of them, for whoever asks what a text begins with; `search` finds sooner whether it has one."""
        return re.compile("|".join(self._expressions), _SIGNS)

    @cached_property
    def _first_letters(self) -> dict[str, set[str]]:
        """How those begin that begin as words do, where that is plain."""
        words = (one for one in self._expressions if one.startswith(r"\b"))
        return {one: letters for one in words if (letters := _begins(one.removeprefix(r"\b")))}

    @cached_property
    def _opening(self) -> re.Pattern[str] | None:
        return _any_sign(one for one in self._expressions if one.startswith("^"))

    @cached_property
    def _words(self) -> tuple[re.Pattern[str] | None, frozenset[str]]:
        letters = chain.from_iterable(self._first_letters.values())
        return _any_sign(self._first_letters), frozenset(letters)

    @cached_property
    def _others(self) -> re.Pattern[str] | None:
        known = self._first_letters
        return _any_sign(one for one in self._expressions if one not in known and not one.startswith("^"))

    def search(self, text: str) -> re.Match[str] | None:
        """One of those that are in the text: the first that opens it, else the first that begins as a word."""
        if self._opening and (match := self._opening.match(text)):
            return match
        words, letters = self._words
        if words and (match := _search(words, letters, text, 0, len(text))):
            return match
        return self._others.search(text) if self._others else None


def _any_sign(expressions: Iterable[str]) -> re.Pattern[str] | None:
    each = "|".join(expressions)
    return re.compile(each, _SIGNS) if each else None


Name = TypeVar("Name", bound=str)


class Row(Struct, Generic[Name], frozen=True, forbid_unknown_fields=True):
    """A name for what its words tell. Rows are asked in their order: the first whose words are found wins."""

    name: Name
    words: WordList


def classify(text: str, rows: Iterable[Row[Name]], otherwise: Name) -> Name:
    """The name of the first row that has a word in the text."""
    return next((row.name for row in rows if row.words.search(text)), otherwise)


Signs = Mapping[str, float]
"""What speaks for or against something, by name."""


class LexiconFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file: every key is there, and no other."""


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A month or a weekday, and how it is shortened."""

    name: str
    short: tuple[str, ...]


class Calendar(LexiconFile, frozen=True):
    """Months, weekdays and days of a month in their order, seasons by their first and last month."""

    months: tuple[Named, ...]
    weekdays: tuple[Named, ...]
    days: tuple[str, ...]
    laws: WordList
    named_weekdays: WordList
    newspapers: WordList
    seasons: dict[str, tuple[int, int]]
    holidays: dict[str, tuple[int, int]]
    fiscal_years: dict[str, int]
    fiscal_years_by_end: frozenset[str]

    @property
    def month(self) -> str:
        """A group of the months' full names; `short_month`, `weekday` and `short_weekday` likewise."""
        return any_of(month.name for month in self.months)

    @property
    def short_month(self) -> str:
        return any_of(short for month in self.months for short in month.short)

    @property
    def weekday(self) -> str:
        return any_of(weekday.name for weekday in self.weekdays)

    @property
    def short_weekday(self) -> str:
        return any_of(short for weekday in self.weekdays for short in weekday.short)


class Commitments(LexiconFile, frozen=True):
    """Who is said to have agreed to what."""

    agreed: WordList
    says: WordList
    claim: WordList
    denies: WordList
    helps: WordList
    nobody: WordList
    unsure: WordList
    staff: WordList
    done: WordList
    turn: WordList
    empty: frozenset[str]


class Conflicts(LexiconFile, frozen=True):
    """What commits a document to a reading of what happened, and what tells the same in other words."""

    firm: WordList
    provisional: WordList
    softer: WordList
    reached: WordList
    presupposes: WordList
    wished: WordList
    unsure: WordList
    quarrel: WordList
    whole: WordList
    withholds: WordList
    receivers: WordList
    gives: WordList
    gets: WordList
    qualifies: WordList
    empty: WordList
    function_words: frozenset[str]
    connectives: WordList
    scope_ends: WordList
    lifts: tuple[Row[str], ...]
    papers: tuple[Row[str], ...]
    same: tuple[Row[str], ...]
    acts: tuple[Row[str], ...]
    undone: WordList
    families: tuple[Row[str], ...]
    generic: frozenset[str]
    no_goods: frozenset[str]
    missed: WordList
    goods: WordList


class Country(Struct, frozen=True, forbid_unknown_fields=True):
    """Other names of a country, the adjectives of its people, its capital, and how many live there."""

    names: tuple[str, ...]
    people: tuple[str, ...]
    capital: str
    population: int


class Countries(LexiconFile, frozen=True):
    """What is known of countries by code."""

    by_code: dict[str, Country]


class Deadlines(LexiconFile, frozen=True):
    """What falls due, and how sentences say so."""

    deal: WordList
    loose: WordList
    now: WordList
    behind: WordList
    due: WordList
    governs: WordList
    strong: WordList
    conditions: WordList
    consequence: WordList
    happenings: WordList
    takes: WordList
    roughly: WordList
    other_business: WordList
    around: frozenset[str]
    measured: WordList
    moves: WordList
    forecasts: WordList
    aims: WordList
    kinds: tuple[Row[str], ...]


class MeasureRow(Row[str], frozen=True):
    """What a percentage measures, and `points`, what the same is in percentage points."""

    points: str


class Figures(LexiconFile, frozen=True):
    """What a quantity measures, which way it goes, how firm it is."""

    contrasts: WordList
    pronouns: WordList
    traded: WordList
    talking: WordList
    quoted: WordList
    charging: WordList
    of_whole: WordList
    measured: WordList
    reports: WordList
    same_in_plural: frozenset[str]
    labels: WordList
    uncounted: WordList
    commitment: WordList
    base: WordList
    scene: WordList
    reprieves: WordList
    amounts: WordList
    ends: WordList
    holders: WordList
    compared: WordList
    parts: WordList
    origins: WordList
    closings: WordList
    paces: WordList
    worth: WordList
    matters: WordList
    bounds: WordList
    arrivals: WordList
    movers: WordList
    supposed: WordList
    possible: WordList
    was_to: frozenset[str]
    existing: WordList
    in_force: WordList
    off: WordList
    missed: WordList
    at_present: WordList
    by: WordList
    unless: WordList
    conditions: WordList
    failures: WordList
    to_come: WordList
    sums: tuple[Row[str], ...]
    measures: tuple[MeasureRow, ...]
    directions: tuple[Row[Direction], ...]
    sides: tuple[Row[Direction], ...]
    fates: tuple[Row[Direction], ...]
    qualities: tuple[Row[Direction], ...]
    statuses: tuple[Row[str], ...]
    fortunes: tuple[Row[str], ...]
    limiting: tuple[Row[Comparator], ...]
    puts_on: WordList
    imposing: WordList
    giving: WordList
    allotted: WordList
    facing: WordList
    replaced: WordList
    allowing: frozenset[str]
    against: WordList
    keeping: WordList
    wanting: WordList
    applying: WordList
    ending: WordList
    levied: WordList
    bearing: WordList
    outward: WordList
    amounts_in_words: WordList

    @property
    def tariff(self) -> WordList:
        return next(row.words for row in self.measures if row.name == "tariff_rate")


class Modality(LexiconFile, frozen=True):
    """How firm a sentence is, its tense, and what turns it into its opposite."""

    conjunctions: WordList
    future: WordList
    past: WordList
    perfect: frozenset[str]
    was: frozenset[str]
    realised: WordList
    planned: WordList
    aimed: WordList
    in_place_of: WordList
    unheld: WordList
    moves: WordList
    signs: WordList
    cancels: WordList
    follows: WordList
    grants: WordList
    decides: WordList
    demands: WordList
    will: frozenset[str]
    must: frozenset[str]
    by_then: frozenset[str]
    would: frozenset[str]
    if_ever: frozenset[str]
    clock: WordList
    parts_of_day: WordList
    lapsing: WordList
    put: WordList
    deadlines: WordList
    passes: WordList
    agreed_on: frozenset[str]
    sets: WordList
    counts: WordList
    delivered: WordList
    priced: WordList
    takes_place: WordList
    excludes: WordList
    orders: WordList
    instead: WordList
    at_first: WordList
    starting: WordList
    looks_past: WordList
    same_in_past: WordList
    since: frozenset[str]
    until: frozenset[str]
    onto: frozenset[str]
    bounds: frozenset[str]
    bounding: frozenset[str]
    from_then: frozenset[str]
    ahead: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    hedge: WordList
    claim: WordList
    says: WordList
    only: WordList
    definite: WordList
    not_before: WordList
    lacking: WordList
    untrue_before: WordList
    not_after: WordList
    untrue_after: WordList
    event_statuses: tuple[Row[str], ...]


class Numbers(LexiconFile, frozen=True):
    """Numbers in words."""

    ones: tuple[str, ...]
    tens: tuple[str, ...]
    zeros: tuple[str, ...]
    powers: tuple[str, ...]
    joins: WordList
    points: WordList
    point_digits: tuple[str, ...]
    some_point: WordList
    articles: tuple[str, ...]
    of: WordList
    halves: tuple[str, ...]
    parts: WordList
    ratios: WordList
    lengths: WordList
    clock: WordList
    ordinals: dict[str, int]
    denominators: dict[str, int]
    scales: dict[str, int]
    short_scales: dict[str, int]
    money_scales: dict[str, int]


class Offices(LexiconFile, frozen=True):
    """Offices, names of people, and the words that seat or unseat a person."""

    leading: WordList
    led_by: WordList
    by: WordList
    at_the_head: WordList
    heads_as: WordList
    homes: WordList
    sides: WordList
    deals: WordList
    acts: WordList
    that: WordList
    stances: WordList
    being: WordList
    frames: WordList
    includes: WordList
    its: WordList
    who: WordList
    beyond: WordList
    hosts: WordList
    away: WordList
    instead: WordList
    joins: WordList
    of_another: WordList
    lists: WordList
    colleagues: WordList
    sends: WordList
    guests: WordList
    bodies: WordList
    same_office: WordList
    personally: WordList
    opposing: WordList
    chiefs: WordList
    teams: WordList
    absentees: WordList
    portfolios: WordList
    negotiators: WordList
    envoys: WordList
    ministers: WordList
    leaders: WordList
    others: WordList
    ranks: WordList
    lesser: WordList
    organs: WordList
    institutions: WordList
    not_names: WordList
    particles: WordList
    honorifics: WordList
    trade_offices: WordList
    seat: WordList
    in_person: WordList
    apart: WordList
    unseat: WordList
    groups: WordList
    same: WordList
    stands_for: WordList
    owners: dict[str, tuple[str, ...]]
    kinds: tuple[Row[str], ...]

    @property
    def title_words(self) -> frozenset[str]:
        """Every word of an office, of its rank and of its portfolio, in lower case."""
        offices = (self.negotiators, self.leaders, self.others, self.portfolios, self.ranks)
        words = ((office, word) for office in chain(*offices) for word in re.split(r"[ -]", office))
        return frozenset(
            word.lower() for office, word in words if word[:1].isupper() or (word and office.islower())
        )


class NoiseSigns(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of page that stands in place of a document.

    `least`: sentences that have a sign; `beside`: the most words of others.
    """

    name: str
    reason: str
    least: int
    beside: int
    signs: SignList


class Noise(LexiconFile, frozen=True):
    """What betrays a page that stands in place of a document, the kind that is told first."""

    furniture: SignList
    kinds: tuple[NoiseSigns, ...]


class Parties(LexiconFile, frozen=True):
    """Names of parties by code, and who belongs to a body."""

    places: WordList
    openers: WordList
    links: WordList
    opposite: WordList
    articles: WordList
    federal: WordList
    shared: frozenset[str]
    surnames: frozenset[str]
    states: frozenset[str]
    others: frozenset[str]
    names: dict[str, tuple[str, ...]]
    members: dict[str, frozenset[str]]


class Publication(LexiconFile, frozen=True):
    """What pages say of the day that they are of."""

    published: WordList
    updated: WordList
    seen: WordList
    dated: WordList
    appointment: WordList
    other: WordList
    byline: WordList
    records: WordList
    copyright: WordList
    published_keys: WordList
    date_keys: WordList
    created_keys: WordList
    updated_keys: WordList
    seen_keys: WordList
    domains: dict[str, str]


class LimitRow(Row[Comparator], frozen=True):
    """Phrases before a number that limit it; of `close` ones nothing may stand between."""

    close: WordList | None = None


class Quantities(LexiconFile, frozen=True):
    """Units, limits, and what makes two numbers a range or a change."""

    between: WordList
    changing: WordList
    ranging: WordList
    range_to: WordList
    range_and: WordList
    alternatives: WordList
    percent: WordList
    span_before: WordList
    span_after: WordList
    and_a_half: WordList
    compared: WordList
    factors: WordList
    differing: WordList
    when: WordList
    negatives: WordList
    positives: WordList
    per: WordList
    then: WordList
    share_before: WordList
    which_times: WordList
    no_wholes: WordList
    share_after: WordList
    share_ends: WordList
    moves: WordList
    by: WordList
    weighs: WordList
    weighed: WordList
    pounds: WordList
    another: WordList
    unlimited: WordList
    restates: WordList
    over: WordList
    lasting: WordList
    code_words: frozenset[str]
    not_money: frozenset[str]
    unknown_currency: str
    anywhere: frozenset[str]
    signs: dict[str, str]
    units: dict[str, tuple[str, ...]]
    glued: dict[str, tuple[str, ...]]
    rates: dict[str, tuple[str, ...]]
    adverbs: dict[str, tuple[str, ...]]
    currency_nouns: dict[str, tuple[str, ...]]
    shared_signs: dict[str, str]
    limit_signs: dict[str, Comparator]
    limit_signs_after: dict[str, Comparator]
    limits: tuple[LimitRow, ...]
    limits_after: tuple[Row[Comparator], ...]
    spans: dict[str, tuple[float, str]]


class Regions(LexiconFile, frozen=True):
    """What betrays the part of a page that a paragraph belongs to."""

    caption: SignList
    promo: SignList
    tail: SignList
    replies: SignList
    links: SignList
    chrome: SignList
    versions: SignList
    bio: SignList
    byline: SignList
    market: SignList


class Sentences(LexiconFile, frozen=True):
    """Where a full stop ends no sentence."""

    abbreviations: WordList
    before_numbers: WordList
    openers: WordList


class Sources(LexiconFile, frozen=True):
    """Agencies, outlets, and the words that tell an official publisher or a think tank."""

    wires: WordList
    outlets: WordList
    official_hosts: WordList
    authorities: WordList
    think_tanks: WordList
    joint_titles: WordList
    credits: WordList


class Speech(LexiconFile, frozen=True):
    """How texts attribute words."""

    sayings: WordList
    cited: WordList
    accounts: WordList
    credits: WordList
    mentioned: WordList
    scare: WordList
    works: WordList
    belonging: WordList
    styles: WordList
    men: WordList
    women: WordList
    person: WordList
    several: WordList
    thing: WordList
    definite: frozenset[str]
    articles: frozenset[str]
    heads: WordList
    stand_ins: WordList
    verbs: WordList
    reporting: WordList
    pronouns: WordList
    channels: WordList
    titles: WordList
    mouths: WordList
    authored: frozenset[str]
    likening: frozenset[str]
    viewing: frozenset[str]
    serving: frozenset[str]
    refusals: WordList
    nobody: frozenset[str]


class Contrary(Struct, frozen=True, forbid_unknown_fields=True):
    """A status, the words that say that it is not so, and those that say that it is."""

    name: str
    words: WordList
    unless: WordList


class Talks(LexiconFile, frozen=True):
    """What makes a text one about trade negotiations, and how far they are."""

    back: WordList
    round_names: WordList
    at_home: WordList
    held: WordList
    rounds: WordList
    trade: WordList
    talk: WordList
    matters: WordList
    tables: WordList
    apart: WordList
    before_or_after: WordList
    sittings: WordList
    counted: WordList
    dealings: WordList
    bargaining: WordList
    governing: WordList
    admitting: frozenset[str]
    accession: WordList
    signs: tuple[Row[str], ...]
    others: WordList
    meeting: WordList
    dispute: WordList
    elsewhere: WordList
    begins: WordList
    ends: WordList
    people_do: WordList
    not_days: WordList
    lapses: WordList
    no_places: WordList
    buildings: WordList
    unreached: WordList
    statuses: tuple[Row[str], ...]
    contraries: tuple[Contrary, ...]


class Weighed(LexiconFile, frozen=True):
    """What it takes to be something, as `readout eval --learn` learns it from documents.

    `weights`: what one of each sign adds to the score, beside `base`.
    """

    base: float
    weights: dict[str, float]

    def score(self, signs: Signs) -> float:
        return self.base + sum(self.weights.get(name, 0.0) * value for name, value in signs.items())


class Relevance(Weighed, frozen=True):
    """What it takes for a text to be about trade talks: a score above 0."""


class Stakes(Weighed, frozen=True, kw_only=True):
    """What it takes for a sentence to tell what is at stake.

    `page`: how much of the mean score of a page is taken from those of its sentences. Above `least` one counts; of a
    page the best `fewest` do, though no more than a `share` of it.
    """

    page: float
    least: float
    fewest: int
    share: float


class Topics(LexiconFile, frozen=True):
    """What puts a matter before the parties, and which it is."""

    ourselves: frozenset[str]
    wishes: WordList
    cues: tuple[Row[str], ...]
    wants: tuple[Row[str], ...]
    closed: WordList
    topics: tuple[Row[str], ...]


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """What verbs and nouns do, by one name. `opposite`: the acts that undo it."""

    name: str
    words: WordList
    opposite: tuple[str, ...] = ()


class Wording(LexiconFile, frozen=True):
    """What a written sentence and the facts that it cites are compared by."""

    light: WordList
    open: WordList
    to_come: WordList
    attributes: WordList
    disputes: WordList
    changed: WordList
    today: WordList
    commands: WordList
    orders: WordList
    behind: WordList
    against: WordList
    unlimited: WordList
    limited: WordList
    measures: WordList
    few: WordList
    most: WordList
    more: WordList
    less: WordList
    aims: WordList
    unmet: WordList
    pays: WordList
    capped: WordList
    at_most: WordList
    both: WordList
    acts: tuple[Act, ...]
