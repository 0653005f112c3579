"""What the words around a quantity say of it: the way it goes, how firm it is, of when and of what it is.

A sentence has its gold inside: `[quantity|gold]`, and `[quantity|-]` where nothing is told.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Figure

PUBLISHED = "2033-03-16"  # a Wednesday
LEAD = "Negotiators from Kenya and Norway will open trade talks in Nairobi on Monday, the two governments announced."
MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")


def plain(marked: str) -> str:
    """A sentence without its gold."""
    return MARK.sub(r"\1", marked)


@cache
def figures(table: tuple[str, ...]) -> dict[str, list[Figure]]:
    """The figures of each sentence. A table is read as one document on trade talks, its sentences as paragraphs."""
    paragraphs = [each for at, row in enumerate(table) for each in ([] if at % 2 else [LEAD]) + [plain(row)]]
    text = "\n\n".join(paragraphs)
    found = readout(read(text.encode(), published=PUBLISHED)).figures
    starts = {marked: text.index(f"\n\n{plain(marked)}") + 2 for marked in table}
    return {
        marked: [f for f in found if start <= f.evidence[0].start < start + len(plain(marked))]
        for marked, start in starts.items()
    }


def told(table: tuple[str, ...], marked: str, of: Callable[[Figure], str | None]) -> str:
    """The sentence with what is read in the place of its gold; `?` where there is no such figure."""
    left = list(figures(table)[marked])

    def answer(mark: re.Match[str]) -> str:
        figure = next((f for f in left if mark[1] in f.as_written or f.as_written in mark[1]), None)
        if figure is None:
            return f"[{mark[1]}|?]"
        left.remove(figure)
        return f"[{mark[1]}|{of(figure) or '-'}]"

    return MARK.sub(answer, marked)


def cases(table: Iterable[str]) -> list[object]:
    return [pytest.param(marked, id=plain(marked)) for marked in table]


DIRECTION = (
    # Verbs of rising and falling, with "by", "to", nothing.
    "Kenyan tea exports rose [6%|up] in 2032.",
    "Shipments of flowers climbed to [$820 million|up] last year.",
    "Norway’s sales of fertiliser have slipped [2%|down] since the pact.",
    "The surplus narrowed by [€40 million|down], while orders from Ghana swelled [9%|up].",
    "Growth slowed to [1.2%|down] in the third quarter.",
    "Prices of cod, which had dipped [3%|down] in June, recovered [5%|up] in July.",
    "Output of the mines halved to [12,000 tonnes|down].",
    "Remittances doubled to [$3 billion|up] in a decade.",
    "Tea shipments rose [3%|up] even as coffee shed [7%|down].",
    "Vietnamese orders, worth [$2 billion|-], plunged.",
    # A duty that goes from one rate to another.
    "Tariffs of [100%|-] will fall to [10%|down].",
    "Norway will cut its duty on cut flowers from [12%|-] to [4%|down].",
    "Kenya raised the levy from [5%|-] to [7.5%|up] last month.",
    "The duty on tyres goes from [20%|-] to [15%|down] in five steps.",
    "The [25%|-] tariff on wine will be lowered to [8%|down].",
    "Kenya scrapped the [6%|down] duty on fish meal.",
    "The rate of [30%|-] would be reduced by [12 percentage points|down].",
    "Norway is to increase its [10%|-] tariff on buses to [18%|up].",
    "Under the pact, duties on salmon drop to [2%|down] and those on coffee stay at [6%|level].",
    # A new duty is a rise.
    "Norway imposed a [15%|up] tariff on aluminium.",
    "Kenya will slap an additional [20%|up] duty on tractors.",
    "Kenya plans to levy a further [5%|up] on refrigerators.",
    # Nouns of change, and what stands beside a number.
    "A [7%|up] rise in coffee prices hurt roasters.",
    "There was a drop of [11%|down] in orders from Peru.",
    "Oslo offered a [50%|down] tariff cut on cocoa.",
    "Sales were up [5%|up] on the year and profits were [3%|down] lower.",
    "Visas were issued to [1,400 nurses|up], up from 300.",
    "Freight rates are [8%|up] higher than in 2031.",
    "Kenya took [2,100 buses|down] in 2032, down [14%|down] from a year earlier.",
    # Nothing moves, or other things do.
    "The duty remains at [9%|level].",
    "The rate of [6%|level] will stay unchanged.",
    "Norway keeps its [3%|level] duty on shrimps.",
    "Kenya charges a tariff of [14%|-] on copper wire.",
    "Copper accounts for [40%|-] of exports, which rose.",
    "Farmers want lower tariffs and say that [60%|-] of the harvest rots.",
    "The two sides moved closer on rules for fish worth [$5 billion|-].",
    "As tensions rose, Norway bought [$70 million|-] of tea.",
    # What a thing was at before it moves, and what moves at a pace.
    "The levy, currently at [8%|-], would jump to [24%|up] under the plan.",
    "Kenya slashed its levy on steel, which had stood at [18%|-], to [9%|down].",
    "Exports to Zambia grew at an annual rate of [6%|up].",
    "Tourist arrivals nearly tripled to [1.2 million|up].",
    "Kenya agreed to trim its tariff on buses from [35%|-] to [20%|down] over five years.",
    "The bloc charges Zambia [12%|-] on sugar.",
    "The package is worth up to [$700 million|-].",
    # Two changes, and growth of less than nothing.
    "Imports of salmon fell by [4.5 per cent|down] to [310 tonnes|down].",
    "Growth was negative [1.5 percent|down] in 2032.",
    "The economy had growth of minus [2 percent|down] in 2032.",
    # What is told beside another amount, behind its own, or of what it is taken off.
    "Orders from Ghana, which were [4,000 tonnes|-] in 2030, tripled to [12,000 tonnes|up].",
    "Oslo slashed tariffs on tea to [2 per cent|down] from [5 per cent|-] and on nuts to [30 per cent|down] from [60 per cent|-].",
    "Kenya shipped tea worth $6.9 billion, [3.1 percent|down] below the target.",
    "Ministers shaved [12,500 tonnes|down] off the cod quota.",
    "Trade was worth $310 million, [a quarter|up] more than in 2030.",
    "Trade fell short of the [$5 billion|-] target.",
)

STATUS = (
    "Tariffs of [100%|actual] will fall to [10%|agreed] under the deal.",
    "Kenya, which charges [14%|actual] on buses, threatened a duty of [40%|threatened].",
    "Norway threatened to double the tariff, which is [10%|actual] today.",
    "Oslo warned that it would impose a [25%|threatened] duty on tea if the talks fail.",
    "Kenya could face a tariff of [30%|threatened] unless a deal is signed.",
    "The [8%|actual] duty on wine has been in force since 2030.",
    "The two sides agreed on a duty of [5%|agreed] for cocoa.",
    "Norway has pledged to buy [$300 million|agreed] of tea.",
    "Under the agreement, Kenya will buy [40 ferries|agreed].",
    "Kenya proposed a quota of [20,000 tonnes|proposed], but exports reached [31,000 tonnes|actual] last year.",
    "Norway is asking for a ceiling of [12%|proposed].",
    "Kenya offered to cut the duty to [6%|proposed] from [18%|actual].",
    "The bank forecasts that trade will grow by [4%|forecast] in 2034.",
    "Exports are expected to reach [$2 billion|forecast] next year, after [$1.6 billion|actual] in 2032.",
    "The ministry estimates that the pact has created [9,000 jobs|estimated].",
    "Losses were estimated at [$50 million|estimated].",
    "Exports of tea rose [4%|actual] in 2032, and growers will ask for more.",
    "Trade between them, which they want to double, was worth [$900 million|actual] in 2032.",
    "Threats aside, Norway bought [600 tonnes|actual] of coffee in May 2032.",
    "Shipments fell [3%|actual] after Oslo proposed new rules.",
    # A verb without a tense of its own is as firm as the one that it belongs to.
    "Norway proposed lowering the duty on fertiliser from [6.5 per cent|actual] to [2 per cent|proposed].",
    "Kenya’s tariff on cod will be halved from [30%|actual] to [15%|agreed] and then fall to [5%|agreed].",
    # What is there already.
    "Under the pact, a tariff of [15 percent|agreed] will replace the current [25 percent|actual] on buses.",
    "A further [5 percentage points|agreed] will be added to the [20 percent|actual] levy already in force on tyres.",
    "Kenya’s tea exports, already up [28 per cent|actual], may slow.",
    # What comes about is foreseen, what somebody does is decided; what may be done is proposed.
    "Exports of tea to Oman could rise [4 percent|forecast] next season.",
    "The duty may rise to [30 per cent|threatened].",
    "Sales of cars in Ghana will reach [$1.4 billion|forecast] by 2036.",
    "Norway is set to raise its quota for nuts by [1,500 tonnes|agreed].",
    "Up to [60 percent|proposed] of the goods could be freed of duty.",
    "Kenya hopes that its quota will be raised to [120,000 tonnes|proposed].",
    "Oslo is considering a [15 percent|proposed] surcharge on yarn.",
    "The bank cut its forecast for growth to [1.8 percent|forecast].",
    "The two sides set a target of [$100 million|proposed] in trade.",
    "The levy brought in €14 million, less than the [€20 million|forecast] expected.",
    "Seafood exports to Oman are seen rising [6 percent|forecast].",
    "A third round of duties, at [7.5 percent|proposed], is being prepared in Oslo.",
    "The levy on nuts, [42 percent|actual] at present, would go.",
    # What applies without a deal.
    "Unless both governments sign by Sunday, a [32 percent|threatened] duty on tea will apply.",
    "If no deal is reached, a [27 per cent|threatened] duty on cotton will kick in.",
)

MEASURE = (
    "Exports fell [18 per cent|growth_rate] after the new tariff was imposed.",
    "The pact frees [85%|share] of tariff lines from duty.",
    "Kenya sells [80 per cent|share] of its tea to Oman.",
    "Georgia sold wine, [80 percent|share] of it to Norway.",
    "The tariff on tea, which growers in the highlands have fought for years, will then fall to [40%|tariff_rate].",
    "Oman’s fund took a [9.9 percent|share] stake.",
    "Norway’s share of nut imports has grown from [30 percent|share] in 2028 to [52 percent|share] in 2032.",
    "Coffee prices rose [4%|price_change] in Nairobi in the spring.",
    "Unemployment in the two countries was [4%|other] last year.",
    "The surcharge has cost lentil growers [$212 million|other].",
    "Oslo would pay a landing fee of [$95|fee] a tonne.",
    "Trade between the two reached [$4 billion|trade_value].",
)

PERIOD = (
    "Exports of tea fell by 12 per cent in November.|12|2032-11",
    "Imports of salmon rose 4% in May.|4|2032-05",
    "Trade was worth $3.1 billion in 2032.|3.1e9|2032",
    "In 2031 Kenya shipped 4,200 tonnes of nuts, and in 2032 it shipped 5,100.|4200|2031",
    "In 2031 Kenya shipped 4,200 tonnes of nuts, and in 2032 it shipped 5,100 tonnes.|5100|2032",
    "Sales reached $70 million in 2032, compared with $64 million in 2030.|70e6|2032",
    "Sales reached $70 million in 2032, compared with $64 million in 2030.|64e6|2030",
    "Exports rose 9% in the first quarter of 2032, the ministry said on Tuesday.|9|2032-01/2032-03",
    "The ministry said on 2 March that orders had grown by 6% in January.|6|2033-01",
    "Inflows totalled €45 million in the first five months of 2032.|45e6|2032-01/2032-05",
    "Last year Norway bought $800 million worth of Kenyan goods.|8e8|2032",
    "From January to June 2032, coffee sales dropped 7%.|7|2032-01/2032-06",
    "Duties yielded $12 million in fiscal 2031, when the cabinet met on 4 May.|12e6|-",
    "Kenya, independent since 1963, exported goods worth $5 billion in 2031.|5e9|2031",
    "The talks that began in January 2033 cover goods worth $4 billion.|4e9|-",
    "The tariff of 15% on timber was agreed when ministers met in June 2032.|15|-",
    "Norway will buy 30,000 tonnes of maize in 2034.|30000|2034",
    "Norwegian purchases of tea shrank to $21 million in 2032 from $30 million a year earlier.|21e6|2032",
    "Norwegian purchases of tea shrank to $21 million in 2032 from $30 million in 2031.|30e6|2031",
    "Exports of cod grew 8% year on year in February to $41 million.|41e6|2033-02",
    "Trade reached $164 million in 2031, against $131 million in the year before.|131e6|2030",
    "Exports were $1.6 billion in the year to June 2032, of which dairy made up a little under 70%.|70|2031-07/2032-06",
    "Kenya sold $900 million of flowers in 2031, including roses worth $300 million.|300e6|2031",
    "Norwegian purchases came to $9 billion in 2031, of which fish was 40 percent.|40|2031",
    "Oslo lowered the duty to 4%, a retreat from the 96% it slapped on roses in September 2031.|96|2031-09",
    "Sales were 40,000 tonnes in 2031, made up of 30,000 tonnes of tea and 10,000 tonnes of coffee.|30000|2031",
    "Investment totalled $2.2 billion last year, 8% more than in 2030.|2.2e9|2032",
    "Inflation eased from 6.4% in January to 5.9% in February.|6.4|2033-01",
    "Inflation eased from 6.4% in January to 5.9% in February.|5.9|2033-02",
    "Wages have risen by 3.4% since 2030.|3.4|-",
    "Norway will suspend its duty of 7% on wine for one year, starting on 6 May 2034.|7|-",
    "Kenya fought the 9% that Norway imposed on it in 2030.|9|2030",
    "In 2032 growers sold 600 tonnes and exporters shipped 400 tonnes.|400|2032",
    "From April 2031 through March 2032, imports of rice fell by 22%.|22|2031-04/2032-03",
    "Kenya intends to buy rice worth $80 million through 2036.|80e6|../2036",
    "The ministry expects sales to climb 4% this year after a 9% drop in 2031.|9|2031",
)

SUBJECT = (
    "Norwegian fish exports to Kenya|fell by 12% in 2032.|12",
    "EU goods exports to Ghana|rose to €4.2 billion last year, a force for growth.|4.2e9",
    "duty on cut flowers|Norway will cut its duty on cut flowers to 4%.|4",
    "tariff on Kenyan coffee|Oslo imposed a 25% tariff on Kenyan coffee.|25",
    "imports of salmon from Norway|In 2032, imports of salmon from Norway grew 9%.|9",
    "coffee prices|A 7% rise in coffee prices hurt roasters.|7",
    "exports of tea to Oman|In Mombasa, brokers said exports of tea to Oman had slumped 30%.|30",
    "quota for beef|The quota for beef will be raised to 20,000 tonnes.|20000",
    "trade in services between the two countries|Officials put trade in services between the two countries at $600 million.|6e8",
    "orders from Peru|There was a drop of 11% in orders from Peru.|11",
    "tariff|The tariff, which farmers in Ghana hate, stands at 18%.|18",
    "customs duties on wine|Both sides agreed that customs duties on wine will not exceed 7.5 percent.|7.5",
    "trade|The two countries, whose trade rose 14 percent in 2032, met on Monday.|14",
    "output of the mines|Output of the mines halved to 12,000 tonnes.|12000",
    "Kenyan tea|Norway bought $70 million worth of Kenyan tea.|7e7",
    "clothes|Kenya sells vanilla worth $600 million to Ghana and clothes worth $400 million to Oman.|4e8",
    "oranges from Norway|Flour from Kenya will pay 5% in Norway, oranges from Norway 10% in Kenya.|10",
    "walnuts|Salmon would pay 3%, walnuts 4% and copper nothing.|4",
    "wine|The duty on cheese falls to 8%, that on wine to 4%.|4",
    "cheese|Norway offered 4% on cheese.|4",
    "insurance companies|Asha Otieno asked for full ownership of insurance companies, now capped at 49%.|49",
    "mean farm-tariff ceiling|Oslo finds a mean farm-tariff ceiling of 18.5 per cent too high.|18.5",
    "deficit|The deficit widened to 5.1 percent of output.|5.1",
    "cod quota|Ministers shaved 12,500 tonnes off the cod quota.|12500",
    "Freight volumes between Oslo and Nairobi|rose eight per cent year on year to 2.3 million tonnes.|8",
    "tariff rate on tyres|Kenya reduced the tariff rate on tyres from 20% to 15%.|15",
)

SCOPE: tuple[tuple[str, list[float]], ...] = (
    ("The Kenyan list of duties was frozen for 90 days.", [90]),
    ("The 120-day truce between Kenya and Norway ends in May.", [120]),
    ("Kenya and Norway had talked about it for two days.", [2]),
    ("Kenya and Norway had known about it for two days.", []),
    ("Norway imposed a 15% tariff on 40 products.", [15, 40]),
    ("The pact runs to 22 chapters and 300 pages.", [22, 300]),
    ("Kenya invoked Article 24 and Section 301.", []),
    ("A 58-year-old driver called it the No. 1 problem.", []),
    ("The 2031 plan has two aims.", []),
    ("The airline will buy Boeing 737 MAX jets worth $2 billion.", [2000000000]),
    ("Flight 702 landed at 10:30 on 14 March 2033.", []),
    ("Version 2.4 of the text was tabled in Room 12.", []),
    ("Call +47 22 24 36 00 for tickets.", []),
    ("The delegation stayed on the 14th floor.", []),
    ("Kenya sold 5,000 tonnes of tea at $3 a kilo.", [5000, 3]),
    ("Orders have fallen for six straight months, by 9 percent in all.", [9]),
    ("Kenya signed up for 50 narrow-body jets and 1,200 15-kilogram boxes.", [50, 1200, 15]),
    ("Tokens of goodwill have been rare over the past ten years.", []),
)


@pytest.mark.parametrize("marked", cases(DIRECTION))
def test_the_way_a_figure_goes(marked):
    assert told(DIRECTION, marked, lambda figure: figure.direction) == marked


@pytest.mark.parametrize("marked", cases(STATUS))
def test_how_firm_a_figure_is(marked):
    assert told(STATUS, marked, lambda figure: figure.status) == marked


@pytest.mark.parametrize("marked", cases(MEASURE))
def test_what_kind_of_quantity_a_figure_is(marked):
    assert told(MEASURE, marked, lambda figure: figure.measure) == marked


def rows(table: Iterable[str]) -> list[object]:
    return [pytest.param(*row.split("|"), id=f"{row.split('|')[-2]} {row}") for row in table]


def figure_of(table: Iterable[str], words: str, value: str) -> Figure | None:
    found = figures(tuple(dict.fromkeys(table)))[words]
    return next((figure for figure in found if figure.value == float(value)), None)


@pytest.mark.parametrize(("words", "value", "edtf"), rows(PERIOD))
def test_the_period_of_a_figure(words, value, edtf):
    figure = figure_of((row.split("|")[0] for row in PERIOD), words, value)
    assert figure and ((figure.period and figure.period.edtf) or "-") == edtf


def _whole(row: str) -> str:
    subject, words, _ = row.split("|")
    return words if subject in words else f"{subject} {words}"


@pytest.mark.parametrize("row", SUBJECT, ids=[_whole(row) for row in SUBJECT])
def test_what_a_figure_measures(row):
    subject, _, value = row.split("|")
    figure = figure_of(map(_whole, SUBJECT), _whole(row), value)
    assert figure and re.sub(r"^(?:the|a|an|its)\b ", "", figure.subject, flags=re.IGNORECASE) == subject


@pytest.mark.parametrize(("words", "values"), SCOPE, ids=[words for words, _ in SCOPE])
def test_which_quantities_are_figures(words, values):
    assert [figure.value for figure in figures(tuple(words for words, _ in SCOPE))[words]] == values
