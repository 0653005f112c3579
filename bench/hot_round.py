"""Invented documents about a round of talks: facts that come again and new ones, rewrites, copies and quarrels."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

_FIRST = date(2031, 3, 3)
_GOODS = (
    "salmon", "copper", "cherries", "wine", "fishmeal", "lithium carbonate", "cheese", "timber", "walnuts",
    "solar panels", "aluminium", "fertilisers", "avocados", "trucks", "beef", "paper", "ferrosilicon", "blueberries",
    "steel pipes", "mussels",
)  # fmt: skip
_FIRSTS = ("Kari", "Rosa", "Per", "Ines", "Lars", "Marta", "Olav", "Pilar", "Nils", "Elena", "Tor", "Camila")
_LASTS = ("Moen", "Vidal", "Dahl", "Araya", "Berg", "Fuentes", "Lund", "Rojas", "Haugen", "Strand", "Pinto")
_OFFICES = ("chief economist", "director", "spokesperson", "president", "head of research")
_BODIES = ("Fjord Institute", "Growers’ Union", "Harbour Chamber", "Andes Centre", "Mine Owners’ League")
_OUTLETS = ("Southern Ledger", "Harbour Post", "Pampa Brief", "Fjord Courier", "Andes Daily", "Trade Letter")
_SAYINGS = (
    "Nobody at this table will sign a paper that leaves {good} where it was in {year}",
    "We have waited for {number} months, and the boats with {good} wait with us",
    "An agreement without {good} is worth no more than {number} pages of good intentions",
    "Our members sold {number} tonnes of {good} last year, and they want to sell more",
)  # fmt: skip
_OF_A_GOOD = (
    (
        "{side}’s tariff on {good} stands at {rate}%.",
        "Importers of {good} pay a duty of {rate}% at the ports of {side}.",
        "Under its schedule {side} charges {rate} per cent on {good}.",
        "At {rate}%, {side}’s import duty on {good} has not moved for a decade.",
    ),
    (
        "{other} wants lower tariffs on {good}.",
        "For {other} the talks stand or fall with better access for {good}.",
        "{other} is pressing {side} to open its market for {good}.",
        "Delegates from {other} asked {side} to scrap its licences for {good}.",
    ),
    (
        "{side} has offered a quota of {tonnes} tonnes a year for {good}.",
        "In the paper that it tabled, {side} proposes to let in {tonnes} tonnes of {good} free of duty.",
        "{tonnes} tonnes of {good} would be admitted by {side} every year, a negotiator said.",
    ),
    (
        "Exports of {good} from {other} to {side} rose {rise}% in January 2031.",
        "Shipments of {good} by {other} to {side} were up {rise} per cent in 2030.",
        "Customs figures show that {side} bought {rise}% more {good} from {other} in February 2031.",
    ),
    (
        "{side}’s safeguard duty on {good} is due to end on {day} June 2031.",
        "On {day} June 2031 the surcharge that {side} put on {good} runs out.",
        "Unless it is extended, the exemption of {good} by {side} expires on {day} July 2031.",
    ),
    (
        "{other} lifted its ban on {good} from {side} on {day} February 2031.",
        "A ban on {good} was imposed by {other} on {day} January 2031.",
        "Inspectors from {other} visited plants that pack {good} on {day} February 2031.",
    ),
)
_REWORDED = (
    ("wants", "is asking for"),
    ("stands at", "is now"),
    ("Officials", "Negotiators"),
    ("talks", "negotiations"),
)


class Side(NamedTuple):
    """A side of talks, what is of it, and who leads its delegation."""

    name: str
    of_it: str
    minister: str


class Talks(NamedTuple):
    """Between whom, where they meet, and where next."""

    sides: tuple[Side, Side]
    place: str
    next_place: str

    @property
    def names(self) -> tuple[str, str]:
        one, other = self.sides
        return one.name, other.name


TALKS = tuple(
    Talks((Side(*one), Side(*other)), place, next_place)
    for one, other, place, next_place in (
        (("Chile", "Chilean", "Rosa Vidal"), ("Norway", "Norwegian", "Kari Moen"), "Oslo", "Santiago"),
        (("Peru", "Peruvian", "Lucia Arce"), ("Iceland", "Icelandic", "Jon Hauk"), "Reykjavik", "Lima"),
        (("Kenya", "Kenyan", "Amina Wafula"), ("Canada", "Canadian", "Peter Roy"), "Ottawa", "Nairobi"),
        (("Ghana", "Ghanaian", "Ama Sarpong"), ("Japan", "Japanese", "Kenji Mori"), "Tokyo", "Accra"),
        (("Morocco", "Moroccan", "Salma Idrissi"), ("Turkey", "Turkish", "Cem Aydin"), "Ankara", "Rabat"),
        (("Vietnam", "Vietnamese", "Linh Tran"), ("Mexico", "Mexican", "Ivan Soto"), "Mexico City", "Hanoi"),
    )
)


def texts(count: int, talks: Talks) -> Iterator[tuple[str, date]]:
    """Documents and the days of their publication; the first ones are the same however many are asked for."""
    random = Random(talks.place)
    written: list[list[str]] = []
    for number in range(count):
        day = _FIRST + timedelta(days=number // 20)
        again = random.random()
        if written and again < 0.1:
            sentences = list(random.choice(written))
        elif written and again < 0.25:
            sentences = [_reworded(one) for one in random.choice(written)]
        else:
            told = list(_sentences(random, talks))
            sentences = [_opening(random, talks), *random.sample(told, k=random.randint(6, 11))]
        written.append(sentences)
        yield _laid_out(random, talks, number, sentences), day


def _laid_out(random: Random, talks: Talks, number: int, sentences: list[str]) -> str:
    half = len(sentences) // 2
    one, other = talks.names
    title = f"{one} and {other} at odds over {random.choice(_GOODS)}, delegates say"
    body = "\n\n".join(
        " ".join(some) for some in (sentences[:1], sentences[1:half], sentences[half:]) if some
    )
    return f"{title}\n\n{random.choice(_OUTLETS)} {number}\n\n{body}\n"


def _reworded(sentence: str) -> str:
    for old, new in _REWORDED:
        sentence = sentence.replace(old, new)
    return sentence


def _opening(random: Random, talks: Talks) -> str:
    (one, other), place = talks.names, talks.place
    return random.choice(
        (
            f"{one} and {other} opened trade talks in {place} on 3 March 2031.",
            f"Officials from {other} and {one} opened their trade talks in {place} on 3 March 2031.",
            f"Trade talks between {one} and {other} began in {place} on 3 March 2031.",
        )
    )


def _sentences(random: Random, talks: Talks) -> Iterator[str]:
    """What a document may tell: some of it everybody tells, most of it of one of many goods."""
    one, other = talks.sides
    yield f"The {other.of_it} delegation is led by Trade Minister {other.minister}."
    yield f"{one.name}’s Trade Minister {one.minister} heads the {one.of_it} team."
    yield f"The tariff pause for {other.of_it} salmon expires in August 2031 unless a deal is reached."
    yield f"The next round is to be held in {talks.next_place} on {random.choice((12, 12, 13))} May 2031."
    for good in random.sample(_GOODS, k=4):
        by, to = random.sample(talks.names, k=2)
        told = {
            "good": good, "side": by, "other": to, "day": random.randint(1, 28),
            "rate": random.choice((4, 6, 6, 6, 8, 15)), "rise": random.randint(2, 19),
            "tonnes": f"{random.randint(2, 90) * 100:,}",
        }  # fmt: skip
        for wordings in _OF_A_GOOD:
            yield random.choice(wordings).format(**told)
    name = f"{random.choice(_FIRSTS)} {random.choice(_LASTS)}"
    saying = random.choice(_SAYINGS).format(
        good=random.choice(_GOODS), number=random.randint(3, 99), year=random.randint(2026, 2030)
    )
    yield f"“{saying},” said {name}, {random.choice(_OFFICES)} of the {random.choice(_BODIES)}."
    yield f"Trade between {one.name} and {other.name} was worth ${random.choice((610, 610, 640, 655))} million in 2030."
