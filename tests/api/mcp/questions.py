"""Fifty questions on the samples, and on talks of Norway with Chile: which tool an agent asks, and what it must read."""

from typing import Any, NamedTuple

EU, CA, NO = "EU-IN", "CA-ID", "CL-NO"
"""Stand for the ids of the briefings of these sides."""


class Question(NamedTuple):
    """`says` are words each of which one of the values of `field` has."""

    question: str
    tool: str
    asked: dict[str, Any]
    field: str
    says: list[str]


FIND, READ, DUE = "find_briefings", "read_briefing", "list_deadlines"
FIGURES, COMPARE, VERIFY = "list_figures", "compare_sources", "verify_quotation"
TEXT, WHEN, WRITTEN, SIDES = "facts.text", "deadlines.date", "figures.as_written", "conflicts.positions.value"


def read(question: str, briefing: str, part: str, *says: str) -> Question:
    return Question(question, READ, {"briefing": briefing, "part": part}, TEXT, list(says))


QUESTIONS = [
    Question("Which talks does India take part in?", FIND, {"party": "IN"}, "briefings.parties", ["EU"]),
    Question("Whom does Canada negotiate with?", FIND, {"party": "CA"}, "briefings.parties", ["ID"]),
    Question("Did Canada and Indonesia sign?", FIND, {"party": "ID"}, "briefings.status", ["signed"]),
    Question(
        "Who talks about a carbon border levy?",
        FIND,
        {"words": '"carbon border"'},
        "briefings.title",
        ["EU–India"],
    ),
    Question("Who talks about salmon?", FIND, {"words": "salmon"}, "briefings.title", ["Norway"]),
    Question(
        "Which talks were there from 8 September 2025?",
        FIND,
        {"date_from": "2025-09-08", "date_to": "2025-09-30"},
        "briefings.starts",
        ["2025-09-08", "2025-09-24"],
    ),
    Question(
        "Where are tariffs at stake?", FIND, {"topic": "tariffs"}, "briefings.title", ["EU–India", "Canada"]
    ),
    Question("When did the EU and India meet?", FIND, {"party": "IN"}, "briefings.starts", ["2025-09-08"]),
    Question(
        "What in the briefings is about wheat?",
        FIND,
        {"words": "wheat", "party": "CA"},
        "briefings.matches.kind",
        ["st"],
    ),
    Question("Where did Chile and Norway meet?", FIND, {"party": "CL"}, "briefings.title", ["Oslo"]),
    read("What is the news from New Delhi?", EU, "overview", "13th round", "New Delhi"),
    read("What does the EU want of India?", EU, "overview", "cut its tariffs on imported cars, wine"),
    read("What does India want?", EU, "stakes", "better access for its textiles"),
    read("What will India not open?", EU, "stakes", "opening its dairy market"),
    read("What of intellectual property is asked for?", EU, "stakes", "geographical indications"),
    read("Is procurement on the table?", EU, "stakes", "access to public procurement"),
    read("Who leads for the EU?", EU, "delegates", "Maroš Šefčovič", "Christophe Kiener"),
    read("Who leads for India?", EU, "delegates", "Piyush Goyal", "L. Satya Srinivas"),
    read("What is Piyush Goyal?", EU, "delegates", "Piyush Goyal, Commerce and Industry Minister"),
    read("What did Ines Falkner say?", EU, "statements", "Nobody will sign away the dairy farmers"),
    read("What did von der Leyen say?", EU, "statements", "“the largest deal"),
    read("What do exporters in India say?", EU, "statements", "pay a carbon bill with the other"),
    read("Since when do they talk again?", EU, "events", "June 2022"),
    read("How many chapters are closed?", EU, "events", "11 of the 23 chapters"),
    read("Who signed for Canada?", CA, "delegates", "Maninder Sidhu, Minister of International Trade"),
    read("Who signed for Indonesia?", CA, "delegates", "Budi Santoso, Trade Minister"),
    read("When were these talks concluded?", CA, "events", "December 2024"),
    read("When was it signed?", CA, "events", "24 September 2025"),
    read("What does Indonesia want?", CA, "stakes", "processing of its critical minerals"),
    read("What does a grain dealer say?", CA, "statements", "Gordon Pell: “The wheat was going there anyway"),
    read("What takes effect, and when?", CA, "overview", "2026"),
    Question(
        "Which reports is the briefing made of?",
        READ,
        {"briefing": EU, "part": "sources"},
        "sources.title",
        ["Fact sheet: the EU–India", "EU and India to open 13th round", "India, EU begin new round"],
    ),
    Question(
        "When was the fact sheet published?",
        READ,
        {"briefing": EU, "part": "sources"},
        "sources.published",
        ["2025-09-10"],
    ),
    Question("When is the next EU–India round?", DUE, {"party": "IN"}, WHEN, ["2025-10-06"]),
    Question("By when is the deal to be done?", DUE, {"kind": "target"}, WHEN, ["2025-12-31"]),
    Question(
        "What takes effect from 2026 on?", DUE, {"date_from": "2026-01-01"}, WHEN, ["2026-01-01", "2026"]
    ),
    Question(
        "On what does the levy depend?",
        DUE,
        {"briefing": EU, "date_from": "2026-01-01"},
        "deadlines.conditions",
        ["unless it is postponed"],
    ),
    Question(
        "What has Canada to wait for?",
        DUE,
        {"party": "CA"},
        "deadlines.what",
        ["agreement to enter into force"],
    ),
    Question("When does the salmon pause lapse?", DUE, {"kind": "measure_expiry"}, WHEN, ["2031-08"]),
    Question(
        "What trade is there in euros?", FIGURES, {"unit": "EUR"}, WRITTEN, ["€120 billion", "€48.8 billion"]
    ),
    Question(
        "What does the EU sell to India?",
        FIGURES,
        {"measure": "trade_value", "value_max": 60e9},
        "figures.proofs.exact",
        ["EU exports of goods to India: €48.8 billion in 2024"],
    ),
    Question(
        "Which duties are above 100 per cent?",
        FIGURES,
        {"measure": "tariff_rate", "value_min": 100, "unit": "%"},
        WRITTEN,
        ["110 per cent", "150 per cent"],
    ),
    Question(
        "By how much did shipments fall?", FIGURES, {"measure": "growth_rate"}, WRITTEN, ["5.8 per cent"]
    ),
    Question("What share has the EU?", FIGURES, {"measure": "share", "party": "EU"}, WRITTEN, ["11.5%"]),
    Question("What is Chile's salmon tariff?", FIGURES, {"party": "CL", "unit": "%"}, WRITTEN, ["6%"]),
    Question(
        "Do sources agree who leads the EU?", COMPARE, {"briefing": EU}, SIDES, ["Kiener", "Maroš Šefčovič"]
    ),
    Question("Do they agree on the duty on cars?", COMPARE, {"briefing": EU}, SIDES, ["100 per", "110 per"]),
    Question(
        "Who says that the duty is 110 per cent?",
        COMPARE,
        {"briefing": EU},
        "conflicts.positions.proofs.title",
        ["EU and India to open 13th round of free trade talks in New Delhi"],
    ),
    Question(
        "Did somebody say “the cars are a different story”?",
        VERIFY,
        {"words": '"the cars are a different story"'},
        "places.exact",
        ["The cars are a different story"],
    ),
    Question(
        "Did she say “the bikes are a different story”?",
        VERIFY,
        {"words": "the bikes are a different story"},
        "found",
        ["False"],
    ),
]
