"""What each file of a lexicon holds. The files say what the words are for, and in which order rows are asked."""

from msgspec import Struct

from pipeline.language.lexicons.words import Row, Signs, Words
from schemas.vocabulary import Comparator, Direction


class LexiconFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file: every key is there, and no other."""


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A month or a weekday, and how it is shortened."""

    name: str
    short: tuple[str, ...]


class Calendar(LexiconFile, frozen=True):
    """Months and weekdays in their order, seasons by their first and last month."""

    months: tuple[Named, ...]
    weekdays: tuple[Named, ...]
    seasons: dict[str, tuple[int, int]]
    holidays: dict[str, tuple[int, int]]


class Commitments(LexiconFile, frozen=True):
    """Who is said to have agreed to what."""

    agreed: Words
    says: Words
    claim: Words
    denies: Words
    helps: Words
    nobody: Words
    unsure: Words
    staff: Words
    done: Words
    turn: Words
    empty: frozenset[str]


class Conflicts(LexiconFile, frozen=True):
    """What commits a document to a reading of what happened, and what tells the same in other words."""

    firm: Words
    provisional: Words
    softer: Words
    reached: Words
    presupposes: Words
    wished: Words
    unsure: Words
    quarrel: Words
    whole: Words
    withholds: Words
    receivers: Words
    gives: Words
    gets: Words
    qualifies: Words
    empty: Words
    function_words: frozenset[str]
    connectives: Words
    scope_ends: Words
    lifts: tuple[Row[str], ...]
    papers: tuple[Row[str], ...]
    same: tuple[Row[str], ...]


class Deadlines(LexiconFile, frozen=True):
    """What falls due, and how sentences say so."""

    due: Words
    governs: Words
    strong: Words
    conditions: Words
    consequence: Words
    happenings: Words
    kinds: tuple[Row[str], ...]


class MeasureRow(Row[str], frozen=True):
    """What a percentage measures, and `points`, what the same is in percentage points."""

    points: str


class Figures(LexiconFile, frozen=True):
    """What a quantity measures, which way it goes, how firm it is."""

    labels: Words
    uncounted: Words
    commitment: Words
    base: Words
    scene: Words
    measures: tuple[MeasureRow, ...]
    directions: tuple[Row[Direction], ...]
    statuses: tuple[Row[str], ...]

    @property
    def tariff(self) -> Words:
        return next(row.words for row in self.measures if row.name == "tariff_rate")


class Modality(LexiconFile, frozen=True):
    """How firm a sentence is, its tense, and what turns it into its opposite."""

    future: Words
    past: Words
    hedge: Words
    claim: Words
    not_before: Words
    untrue_before: Words
    not_after: Words
    untrue_after: Words
    absent: Words
    event_statuses: tuple[Row[str], ...]


class Numbers(LexiconFile, frozen=True):
    """Numbers in words."""

    ones: tuple[str, ...]
    tens: tuple[str, ...]
    openers: tuple[str, ...]
    hundreds: Words
    articles: Words
    not_articles: tuple[str, ...]
    parts: Words
    of: Words
    ordinals: dict[str, int]
    scales: dict[str, int]
    short_scales: dict[str, int]
    fractions: dict[str, float]


class Offices(LexiconFile, frozen=True):
    """Offices, names of people, and the words that seat or unseat a person."""

    portfolios: Words
    negotiators: Words
    ministers: Words
    leaders: Words
    others: Words
    ranks: Words
    lesser: Words
    institutions: Words
    not_names: Words
    particles: Words
    honorifics: Words
    trade_offices: Words
    seat: Words
    in_person: Words
    apart: Words
    unseat: Words
    groups: Words
    leads: Words
    led_by: Words
    owners: dict[str, tuple[str, ...]]
    kinds: tuple[Row[str], ...]


class Parties(LexiconFile, frozen=True):
    """Names of parties by code, and who belongs to a body."""

    never: frozenset[str]
    names: dict[str, tuple[str, ...]]
    members: dict[str, frozenset[str]]


class Publication(LexiconFile, frozen=True):
    """What pages say of the day that they are of."""

    published: Words
    updated: Words
    touched: Words
    copyright: Words


class Quantities(LexiconFile, frozen=True):
    """Units, limits, and what makes two numbers a range or a change."""

    between: Words
    changing: Words
    range_to: Words
    range_and: Words
    percent: Words
    span_before: Words
    span_after: Words
    signs: dict[str, str]
    units: dict[str, tuple[str, ...]]
    comparators: tuple[Row[Comparator], ...]
    comparators_after: tuple[Row[Comparator], ...]
    spans: dict[str, tuple[float, str]]


class Regions(LexiconFile, frozen=True):
    """What betrays the part of a page that a paragraph belongs to."""

    caption: Signs
    promo: Signs
    tail: Signs
    chrome: Signs
    bio: Signs
    byline: Signs
    market: Signs


class Sources(LexiconFile, frozen=True):
    """Agencies, outlets, and the words that tell an official publisher or a think tank."""

    wires: Words
    outlets: Words
    official_hosts: Words
    authorities: Words
    think_tanks: Words
    joint_titles: Words
    credits: Words


class Speech(LexiconFile, frozen=True):
    """How texts attribute words."""

    verbs: Words
    reporting: Words
    pronouns: Words
    nobody: Words
    channels: Words
    titles: Words


class Talks(LexiconFile, frozen=True):
    """What makes a text one about trade negotiations, and how far they are."""

    trade: Words
    talk: Words
    meeting: Words
    dispute: Words
    elsewhere: Words
    statuses: tuple[Row[str], ...]


class Topics(LexiconFile, frozen=True):
    """What puts a matter before the parties, and which it is."""

    on_the_table: Words
    wishes: Words
    topics: tuple[Row[str], ...]
