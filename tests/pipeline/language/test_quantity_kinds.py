"""Quantities as a careful reader has them, by kinds: `{words = value unit}`, with `<`, `<=`, `>`, `>=`, `~` for its limit and `..` for a range.

Whatever a sentence says beside its braces is no quantity.
"""

import re

import pytest

from pipeline.documents.read import read
from pipeline.language.annotate import annotate

KINDS = {
    "number words": """
        Peru will raise its levy to {one hundred and thirty-five percent = 135 %}.
        Kenya charges {seventy two percent = 72 %} on imported sugar.
        Vietnam ordered {three thousand eight hundred tonnes = 3800 t} of pork.
        The truce lasts {one hundred and twenty days = 120 d}.
        Norway collects {three point two percent = 3.2 %} at the border.
        Chile pledged {twelve point seven five million dollars = 12.75e6 USD} for the port.
        {Forty-eight thousand = 48000 1} growers signed the letter.
        Ghana shipped {nine hundred ninety-nine tons = 999 t} of cocoa.
        Brazil sold {a hundred million euros = 1e8 EUR} of bonds.
        Turkey hired {a dozen = 12 1} lawyers and {two dozen = 24 1} interpreters.
        Egypt imports {one million two hundred thousand tonnes = 1.2e6 t} of wheat.
        {Two hundred and six = 206 1} lines are left on the list.
        Serbia wants {fifteen hundred = 1500 1} permits by spring.
        Hundreds of trucks and thousands of drivers waited at the border for dozens of stamps.
        Peru asked for several million doses and a few hundred permits.
        The quota fell to {seven hundred and fifty thousand litres = 750000 l}.
        Between {one hundred and two hundred = 100..200 1} ships wait outside Santos.
        Oman built {thirty-one = 31 1} silos and {twenty = 20 1} sheds.
        Zambia pays the twenty-first instalment and the one hundred and fifth fee.
        Iceland gave {two thousand and five tonnes = 2005 t} of cod to the fleet.
    """,
    "money": """
        Exports worth {$2.4 trn = 2.4e12 USD} crossed the Pacific in 2034.
        Trade reached {35 billion Mexican pesos = 35e9 MXN} last year.
        The fund holds {7 billion American dollars = 7e9 USD}.
        Chile borrowed {RMB 120 billion = 120e9 CNY} for its ports.
        Poland paid {350 million zlotys = 350e6 PLN} and Hungary {90 billion forints = 90e9 HUF}.
        Spain sold goods for {€6,3 billion = 6.3e9 EUR} to Morocco.
        Madrid spoke of 7.000 million euros.
        The plant costs {$US240 million = 240e6 USD}.
        A tonne of copper costs {1,350€ = 1350 EUR} there.
        Canberra set aside {A$1.5bn = 1.5e9 AUD} for growers.
        Peru earned {4 billion soles = 4e9 PEN} from {600 million Swiss francs = 600e6 CHF} of gold.
        Thailand lent {20 billion baht = 20e9 THB} to Laos, {12 billion Thai baht = 12e9 THB} of it in cash.
        Nigeria owes {half a trillion naira = 0.5e12 NGN}.
        Delhi spends {₹4,200 crore = 42e9 INR} and {Rs 3 lakh crore = 3e12 INR} on subsidies.
        South Africa lost {two billion rand = 2e9 ZAR} and {R3.5 billion = 3.5e9 ZAR} in duties.
        Seoul offered {500 billion Korean won = 500e9 KRW} and {1.3 trillion won = 1.3e12 KRW} in loans.
        Denmark put {40 million Danish crowns = 40e6 DKK} into the scheme.
        The deal is worth {$5B = 5e9 USD}, or {£3.9m = 3.9e6 GBP} a plant.
        Kuwait paid {75 million Kuwaiti dinars = 75e6 KWD} and {USD 1.1bn = 1.1e9 USD}.
        Moscow spent {9 billion roubles = 9e9 RUB} and {3 billion Russian rubles = 3e9 RUB}.
        The loan is {25 million Hong Kong dollars = 25e6 HKD} and {NT$80 million = 80e6 TWD}.
        The duty brings {1.234,50 euros a week = 1234.5 EUR/wk}.
    """,
    "signs": """
        Growth in Kenya was {minus 3 percent = -3 %} in 2033.
        Output grew {negative 0.7 percent = -0.7 %} in the spring.
        Ghana had growth of {–2.6 percent = -2.6 %} that year.
        Its current account stood at {minus $4 billion = -4e9 USD}.
        Exports changed by {−12.5% = -12.5 %} in March.
        Industry reported {negative growth of 1.8 percent = -1.8 %}.
        The balance went from {minus two billion euros = -2e9 EUR} to {plus three billion euros = 3e9 EUR}.
        Inflation ({-0.4% = -0.4 %}) surprised Oslo.
        The trade balance was {-$1.7 billion = -1.7e9 USD} and then {$-2 billion = -2e9 USD}.
        Prices fell to {minus one point five percent = -1.5 %} in Bern.
        The plan – {5 percent = 5 %} a step – was dropped.
        Chile grew by {+3.1% = 3.1 %} while Peru shrank by {3.1% = 3.1 %}.
        Growth of between {minus 1 and 2 percent = -1..2 %} is likely.
    """,
    "what is no amount beside one": """
        The agency corrects the rate in para {4 = 4 1} to {18 percent = 18 %}.
        By page {12 = 12 1} to {14 = 14 1} of the text it is {3% = 3 %}.
        Cod is {barely 1.5 percent = ~ 1.5 %} of what Norway sells.
        Half of it was never told; {half of the quota = ~ 50 %} is used.
        The map (https://example.org/Beyond%205G%2FRoadmap) shows {two = 2 1} ports.
    """,
    "which times": """
        Replies fall due {six working days = 6 d} after they are asked for.
        Parliament has {21 sitting days = 21 d} to object.
        Goods wait {10 business days = 10 d} at the port, and {up to three full months = <= 3 mo} in summer.
        The truce lasts {two more weeks = 2 wk}.
        Trade shrank for {five consecutive years = 5 a}.
        Envoys spent {three long days = 3 d} over the text.
        They need {two more = 2 1} rounds and {three further = 3 1} texts.
    """,
    "limits": """
        The duty on glass is {<8% = < 8 %} in Peru and {>12% = > 12 %} in Chile.
        A quota of {≥ 40,000 tonnes = >= 40000 t} was set.
        A quota of {≤ 40,000 tonnes = <= 40000 t} was set.
        Goods worth {~£450m = ~ 450e6 GBP} went south, {≈ 30% = ~ 30 %} of them by rail.
        The levy is {‹3% = < 3 %} for most.
        The levy is {25 percent at most = <= 25 %}.
        Chile's rate could go {as high as 45 percent = <= 45 %} on cheese.
        It could go {as low as 4 percent = >= 4 %} on wool.
        Fees would range {from 5 to 9 per cent = 5..9 %}.
        Fees ranging {from $20 to $35 = 20..35 USD} are charged.
        Rivals from Ghana pay {from 9 to 32 percent = 9..32 %}.
        Fees vary {from 2 percent to 6 percent = 2..6 %} by port.
        The tax is {20 percent or more = >= 20 %} for cars, {5 percent or less = <= 5 %} for vans.
        Peru asks for {at a minimum 60,000 tonnes = >= 60000 t}.
        Peru asks for {60,000 tonnes at a minimum = >= 60000 t}.
        {Up to and including 30 percent = <= 30 %} is free.
        Fines run to {as much as €5 million = <= 5e6 EUR} a case.
        {Between 12 and 18 percent = 12..18 %} of the fleet is idle, not {10 to 11 percent = 10..11 %}.
        {Roughly 70 = ~ 70 1} ships, {40-odd = ~ 40 1} trains and {200 or so = ~ 200 1} trucks stand still.
        {More than half of = > 50 %} the crop and {nearly a third of = ~ 33.3 %} the wool is sold.
        The cut is {±2% = ~ 2 %} on either side.
    """,
    "limits by their phrase": """
        The duty on steel will be {no greater than 18 percent = <= 18 %}.
        The fee {must not exceed 2.5 percent = <= 2.5 %}.
        The share is {equal to or greater than 40 percent = >= 40 %}.
        Oslo agreed not to restore a {30 percent = 30 %} surcharge on fish.
        Sales will {not be less than $8 billion = >= 8e9 USD}.
        Sales of wool rose by {4 percent = 4 %} {over seven months = 7 mo}.
        The talks took {over seven months = > 7 mo}.
        Rates are {capped at 22 percent = <= 22 %} until 2033.
        Rates may {not fall below 6 percent = >= 6 %}.
        There is {a floor of $50 = >= 50 USD} and {a ceiling of $90 = <= 90 USD}.
        {No fewer than 14 = >= 14 1} states and {not more than 20 = <= 20 1} banks join.
        No tariff {shall exceed 15 percent = <= 15 %}.
        Turkey limits imports of rice {to 90,000 tonnes = <= 90000 t}.
        The pact caps duties on leather {at 11 percent = <= 11 %}.
        The quarrel over {25 percent = 25 %} duties goes on.
        Talks about {20 percent = 20 %} cuts failed.
        Under a {15 percent = 15 %} levy nobody ships.
        The rate is {greater than or equal to 5 percent = >= 5 %}, and {less than or equal to 7 percent = <= 7 %} for wine.
        Chile seeks {a minimum of 5,000 = >= 5000 1} visas, {a maximum of 9,000 = <= 9000 1}.
        Quotas {exceeding 3,000 tons = > 3000 t} need a licence; {less than 800 kg = < 800 kg} needs none.
        The levy would {not be higher than 12% = <= 12 %} and {not lower than 3% = >= 3 %}.
        Jakarta took {just under 40 percent = < 40 %}, Manila {well over 50 percent = > 50 %}.
        Duties on wine {won't go above 8 percent = <= 8 %} and {nothing above 3 percent = <= 3 %} is due on beer.
        In {no case will the duty fall below 6 percent = >= 6 %}, {nor will it exceed 9 percent = <= 9 %}.
        Sales fell by {about 20% = ~ 20 %}, or {$3 billion = ~ 3e9 USD}, and {more than €2bn = > 2e9 EUR} ({Rs 180bn = > 180e9 INR}) is owed.
        Goods of {an estimated value of $40 million = ~ 40e6 USD} went by sea, {20 tonnes = 20 t}, {plus or minus 2 percent = ~ 2 %}.
        A {10 percent = 10 %} levy meets a {10 percent or higher = >= 10 %} one and one {of up to 10 percent = <= 10 %}.
    """,
    "fractions and zero": """
        Loans of {half a million euros = 5e5 EUR} were signed.
        Fiji charges {three and a half percent = 3.5 %} on cloth.
        Peru wants {zero percent = 0 %} on grapes.
        {Nil percent = 0 %} is what Fiji pays.
        One in six jobs hangs on fruit.
        Nine out of ten firms export.
        Two in 5 growers gave up.
        {Three quarters of = ~ 75 %} its tea and {two-fifths of = ~ 40 %} its tin go east.
        The yield fell by {a quarter = ~ 25 %} and then by {two thirds = ~ 66.7 %}.
        The bank cut rates by {half a percentage point = 0.5 [pp]}.
        The bank cut rates by {a quarter of a percentage point = 0.25 [pp]}.
        The fee is {three-quarters of one percent = 0.75 %}.
        {A quarter of a million = 250000 1} people left.
        It took {two and a half years = 2.5 a}, then {a year and a half = 1.5 a}, then {half an hour = 0.5 h}.
        The loan is {one and a half billion dollars = 1.5e9 USD}.
        The second half of 2033 and the last quarter of the year were poor.
        For a third time, the third round ended in the first half of the night.
        The team won {two and three quarters percent = 2.75 %} more, {5½ percent = 5.5 %} in all, {1/2 percent = 0.5 %} on rice.
        {Less than a fifth of = < 20 %} the duty is left.
        The duty falls from {9 percent = 9 %} to {zero = 0 %} and the fee to {zero = 0 1}, a zero-sum game.
        It is {zero point four percent = 0.4 %} of the total.
    """,
    "two of a change": """
        The index rose {0.4 percent = 0.4 %} to {8,112 = 8112 1} points.
        Imports were up by {$12.5 billion = 12.5e9 USD} to {$301 billion = 301e9 USD}.
        The rate went {from 10 = 10 %} to {15 percent = 15 %}.
        The rate was cut from {27.5 percent = 27.5 %} to {15 percent = 15 %}.
        Sales fell {3% = 3 %} to {$44 million = 44e6 USD}.
        Shipments climbed {2,000 tonnes = 2000 t} to {19,000 tonnes = 19000 t}.
        Tariffs of {10 to 15 percent = 10..15 %} are planned.
        Duties of {$5-$8 = 5..8 USD} and of {3%–4% = 3..4 %} stand.
        Exports rose by {5 to 7 percent = 5..7 %}.
        The team won 5-4 on Tuesday.
        Rates are anywhere {from 3 to 30 percent = 3..30 %}.
        Jobs rose from {3 = 3e6 1} to {5 million = 5e6 1}.
        Shares dropped {14 cents = 14 [cent]} to {$2.36 = 2.36 USD}.
        The levy of {5 = 5 %}, {10 = 10 %} or {20 percent = 20 %} is open.
        Debt rose {1.2 billion euros = 1.2e9 EUR} to {7 billion euros = 7e9 EUR} after {$3 billion to $4 billion = 3e9..4e9 USD} in aid.
        The plants make {2 million to 3 million tons = 2e6..3e6 t}.
    """,
    "names and labels": """
        Resolution 2231 and Article 24 bind {13 = 13 1} states of the G20.
        A Boeing 737 carried {160 = 160 1} people to Accra on Flight 370.
        The quota reaches {45,000 tonnes = 45000 t} in year six.
        Phase 2 of the plan covers {30 = 30 1} ports.
        Under Section 301, {40 = 40 1} firms pay.
        The Nikkei 225 closed at {39,583 = 39583 1}.
        Police held {23 = 23 1} men in Lima at 10:30 and {7 = 7 1} more at 11 p.m.
        This one is dearer than that one, and no one buys it.
        Of {28 = 28 1} members, {24 = 24 1} voted yes.
        The 21st round of the COVID-19 talks filled a 1990s hall.
        He owns {one = 1 1} mill and wants {one = 1 1} more port.
    """,
    "units": """
        Oil slipped {35 cents = 35 [cent]} to {$71.20 a barrel = 71.2 USD/[bbl_us]}.
        The central bank raised rates by {25 basis points = 25 [bp]}.
        The turbine runs at {3,600 rpm = 3600 1/min}.
        Trains go {90mph = 90 [mi_i]/h} here and {160 km/h = 160 km/h} there.
        A fish of {12 pounds = 12 [lb_av]} in weight costs {12 pounds = 12 GBP} in London.
        Farmers sold {40 million pounds of = 40e6 [lb_av]} beef.
        Iraq pumps {4.2 million barrels a day = 4.2e6 [bbl_us]/d}.
        Copper is at {$9,400 per tonne = 9400 USD/t} and tin at {€27 a kilo = 27 EUR/kg}.
        Workers get {$14 an hour = 14 USD/h} for {40 hours a week = 40 h/wk}.
        Wheat trades at {$6.10/bushel = 6.1 USD/[bu_us]}.
        The plant burns {300 MW = 300 MW} and {2.4 GWh = 2.4 GW.h}.
        The fund buys shares at {$31 a share = 31 USD/{share}}.
        Rain of {40 mm = 40 mm} fell on {9,000 hectares = 9000 har}.
        The road is {15-mile = 15 [mi_i]} long and {9 metres = 9 m} wide.
        They met a year later.
        The area is {5 square kilometres = 5 km2}.
        Gold rose to {$4,020 an ounce = 4020 USD/[oz_tr]}.
        The tank holds {20,000 gallons = 20000 [gal_us]} at {40 degrees Celsius = 40 Cel}.
        Peru lost {$2 million a day = 2e6 USD/d} a year ago.
        The cut is {2.5 pct = 2.5 %}, {3pc = 3 %}, {0.3 percentage points = 0.3 [pp]}.
        Crude costs {between $55 and $60 a barrel = 55..60 USD/[bbl_us]}, lowered to {$47 = 47 USD/[bbl_us]} from {$49 per barrel = 49 USD/[bbl_us]}.
        The pact held for {nearly two decades = ~ 20 a}.
        A quay {400m = 400 m} long takes {24,000 TEU = 24000 {TEU}} and {800,000 b/d = 800000 [bbl_us]/d} of oil.
        The surplus is {6.4 billion euros = 6.4e9 EUR}, up from {3.1 billion = 3.1e9 EUR}.
        Imports came to {5.2 million tonnes = 5.2e6 t} in May, up from {4.6 million = 4.6e6 t} in April.
        Sales were {$70 million = 70e6 USD} in 2031 against {64 million = 64e6 USD} in 2030.
        Kenya collected {212 million euros = 212e6 EUR} in May, {18 million = 18e6 EUR} more than in April.
        The toll rose by a factor of three to {60 euros = 60 EUR}.
        Salmon sold for {NOK 92 per kilo = 92 NOK/kg}, up from {NOK 85 = 85 NOK/kg} in May.
        Wages will go up to {1,450 zlotys a month = 1450 PLN/mo} under Annex 7C.
        Chile sells {$5 billion of copper a year = 5e9 USD}.
    """,
}

NEWS = """
    Shares of the Lagos miner dropped {62 cents = 62 [cent]} to {$18.05 = 18.05 USD}.
    Brent for May delivery added {$1.10 = 1.1 USD} to {$64.80 a barrel = 64.8 USD/[bbl_us]}.
    The FTSE index lost {0.9 percent = 0.9 %} to {7,411 = 7411 1}.
    Net income rose {11 percent = 11 %} to {$3.1 billion = 3.1e9 USD}, or {$1.42 a share = 1.42 USD/{share}}.
    Its backlog is up by {€2.6 billion = 2.6e9 EUR} to {€88.4 billion = 88.4e9 EUR}.
    The central bank cut its rate by {50 basis points = 50 [bp]} to {3.75 percent = 3.75 %}.
    Yields moved {seven basis points = 7 [bp]} higher.
    The disk spins at {7200 rpm = 7200 1/min}.
    The engine makes {190 horsepower = 190 [HP]} at {5,500 rpm = 5500 1/min}.
    Gusts of {75mph = 75 [mi_i]/h} tore roofs off in Porto.
    The limit is {30 kilometres per hour = 30 km/h} near schools.
    The phone sells for {899€ = 899 EUR} in Lyon and {$US950 = 950 USD} in Boston.
    Analysts see prices ranging {from $55 to $70 = 55..70 USD}.
    Estimates range {between 3 and 6 percent = 3..6 %}.
    In the second half of 2031 the group hired {1,900 = 1900 1} people.
    Turnout was {61.3 percent = 61.3 %}, up from {58 percent = 58 %} in 2030.
    {Nearly 300 = ~ 300 1} workers walked out, and {at least 40 = >= 40 1} were held.
    The storm killed {eleven = 11 1} people and left {more than 20,000 = > 20000 1} homeless.
    A litre of milk costs {95 cents = 95 [cent]}.
    The vaccine costs {$2.50 a dose = 2.5 USD}.
    Unemployment fell {0.3 percentage point = 0.3 [pp]} to {5.1 percent = 5.1 %}.
    The company plans to spend {between $400 million and $500 million = 400e6..500e6 USD} in Ghana.
    It shipped {12.3 million = 12.3e6 1} phones, down {8 percent = 8 %} from {13.4 million = 13.4e6 1}.
    Apartments cost {about $3,000 per square metre = ~ 3000 USD/m2}.
    He ran {100 metres = 100 m} in {9.9 seconds = 9.9 s}.
    The crew drove {310 miles = 310 [mi_i]} in {five hours = 5 h}.
    {Up to 15 percent = <= 15 %} of staff may go.
    The house has {2,400 square feet = 2400 [sft_i]}.
    The camera takes {12 = 12 1} pictures a second.
    They sold for {10p = 10 [cent]} each.
    Temperatures of {38C = 38 Cel} are likely, or {100F = 100 [degF]}.
    The chip is {5nm = 5 nm} and holds {64GB = 64 GBy}.
    The baby weighed {seven pounds = 7 [lb_av]}.
    Rents rose by {almost 10 percent = ~ 10 %} to {€1,150 a month = 1150 EUR/mo}.
    The reserve holds {over 90 million barrels = > 90e6 [bbl_us]} of crude.
    Output is {just over 1.1 million barrels per day = > 1.1e6 [bbl_us]/d}.
    The ministry wants {$75m = 75e6 USD} for roads and {$20m = 20e6 USD} for rail.
    The rand traded at {18.40 = 18.4 1} to the dollar.
    A {six-week = 6 wk} strike ended in Oslo.
    The {300-page = 300 1} report was late.
    The group will close {5 of = 5 1} its {23 = 23 1} shops.
    Sales tripled in the last quarter of 2032.
    The bill passed 52-48 in Manila.
    Wages went up {2 to 3 percent = 2..3 %}.
    {Half = ~ 50 %} of the plants are idle.
    The tower is {210 metres = 210 m} tall, {twelve floors = 12 1} more than planned.
    The peso slid {1.2 percent = 1.2 %} against the euro.
    The fund manages {$1.05 trillion = 1.05e12 USD} in assets.
    A {$2.2-billion = 2.2e9 USD} bond and a {30-year = 30 a} loan were signed.
    Ticket prices run {from €9 to €25 = 9..25 EUR}.
    A {5.6-magnitude = 5.6 1} quake shook Chile.
    The firm lost {£14.2m = 14.2e6 GBP} in {six months = 6 mo} to June.
    Cocoa is {$7,850 a ton = 7850 USD/t}, {three times = 3 1} the price of 2030.
    The ship carried {1,800 containers = 1800 1} and {26 crew = 26 1}.
    Inflation eased to {2.0 percent = 2 %} from {2.4 percent = 2.4 %}.
    Of {1,000 = 1000 1} voters, {54% = 54 %} said yes, {41% = 41 %} no.
    The dam stores {3.2 cubic kilometres = 3.2 km3} of water.
    Ads cost {$5 million = 5e6 USD} for {30 seconds = 30 s}.
    Growth slowed to {an annual 1.9 percent = 1.9 %}.
    They produce {roughly 600 kilograms a day = ~ 600 kg/d}.
    The bank set aside {R1.8 million = 1.8e6 ZAR} and {Rs250 crore = 2.5e9 INR}.
    Cars must average {54.5 miles per gallon = 54.5 [mi_i]/[gal_us]}.
    The lake dropped {nine feet = 9 [ft_i]} and {two inches = 2 [in_i]}.
    Fares rise from {$2.75 = 2.75 USD} to {$3 = 3 USD} on 4 July.
    The court fined it {€150,000 a day = 150000 EUR/d}.
    {Some 4,500 tonnes = ~ 4500 t} of tin waited.
    {A third of = ~ 33.3 %} voters stayed home.
    The plan saves {$300 to $400 = 300..400 USD} a household.
    The train takes {two hours = 2 h} and {20 minutes = 20 min}.
    Exports dipped {0.2% = 0.2 %}, the fourth fall in a row.
"""

MARK = re.compile(
    r"\{(?P<words>[^{}=]+) = (?:(?P<limit>[<>~]=?) )?(?P<low>[-\de.]+?)(?:\.\.(?P<high>[-\de.]+))? (?P<unit>(?:[^{}]|\{\w+\})+)\}"
)
LIMITS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "~": "approx", None: "eq"}

Reading = tuple[float, float | None, str, str]


def told(sentence: str) -> list[Reading]:
    """What the braces of a sentence say."""
    return [
        (
            float(mark["low"]),
            float(mark["high"]) if mark["high"] else None,
            "range" if mark["high"] else LIMITS[mark["limit"]],
            mark["unit"],
        )
        for mark in MARK.finditer(sentence)
    ]


def sentences(table: str) -> list[str]:
    return [line.strip() for line in table.splitlines() if line.strip()]


def read_all(marked: list[str]) -> list[list[Reading]]:
    """What is read in each sentence, all of them in one document."""
    text = "\n\n".join(["Notes on trade", *(MARK.sub(lambda mark: mark["words"], one) for one in marked)])
    annotated = annotate(read(text.encode(), published="2034-03-08"))
    assert len(annotated.passages) == len(marked) + 1
    return [
        [
            (quantity.value, quantity.value_high, quantity.comparator, quantity.unit)
            for quantity in annotated.quantities
            if passage.start <= quantity.start < passage.end
        ]
        for passage in annotated.passages[1:]
    ]


@pytest.fixture(scope="module")
def readings() -> dict[str, list[Reading]]:
    every = [sentence for table in (*KINDS.values(), NEWS) for sentence in sentences(table)]
    return dict(zip(every, read_all(every), strict=True))


ALL = [(kind, sentence) for kind, table in {**KINDS, "news": NEWS}.items() for sentence in sentences(table)]


@pytest.mark.parametrize(
    ("kind", "sentence"), ALL, ids=[f"{kind}: {MARK.sub(lambda m: m['words'], one)}" for kind, one in ALL]
)
def test_a_sentence_holds_these_quantities(readings, kind, sentence):
    assert readings[sentence] == [
        (pytest.approx(low), high, limit, unit) for low, high, limit, unit in told(sentence)
    ]
    assert all(isinstance(low, float) for low, *_ in readings[sentence]), (
        "stored and read again, it is the same"
    )
