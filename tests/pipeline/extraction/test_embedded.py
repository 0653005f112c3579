"""What the embedded extractor reads in short invented texts, kind by kind."""

import pytest

LEAD = "Negotiators from Peru and Japan will open trade talks in Lima on Monday, the two governments announced.\n\n"


@pytest.fixture
def read_story(readout_of):
    """The readout of a story about Peru and Japan that goes on with the given words."""
    return lambda words, **known: readout_of(LEAD + words, published="2031-03-12", **known)


def test_the_talks_have_parties_a_venue_a_day_and_a_status(read_story):
    talks = read_story("Fish and copper are on the table in the trade negotiations.").negotiation
    assert talks is not None
    assert (talks.parties, talks.venue, talks.status) == (["JP", "PE"], "Lima", "scheduled")
    assert talks.start and talks.start.edtf == "2031-03-17"


@pytest.mark.parametrize(
    "text",
    [
        "The rail union and the company reached a tentative agreement on Tuesday after 20 hours of negotiations.",
        "Kenya and Ghana drew 1-1 in Accra on Saturday. The coach praised the deal for a new striker.",
        "The foreign ministers of Peru and Japan held talks in Lima about visas for artists and a concert tour.",
        "Exports from Peru rose 4% in May, the central bank said.",
    ],
)
def test_what_is_not_about_trade_talks_gives_no_facts(readout_of, text):
    readout = readout_of(text)
    assert readout.negotiation is None
    assert not any(
        [
            readout.delegations,
            readout.stakes,
            readout.deadlines,
            readout.figures,
            readout.statements,
            readout.events,
        ]
    )


@pytest.mark.parametrize(
    ("words", "delegates"),
    [
        ("The Peruvian delegation will be led by Trade Minister Ana Quispe.", {("PE", "Ana Quispe", "Trade Minister", True)}),
        (
            "Japan’s team will include Deputy Minister Ken Mori, Ambassador Yuki Abe and chief negotiator Rin Sato.",
            {("JP", "Ken Mori", "Deputy Minister", None), ("JP", "Yuki Abe", "Ambassador", None), ("JP", "Rin Sato", "chief negotiator", None)},
        ),
        (
            "Finance Minister Luis Paz and Trade Minister Ana Quispe will lead the Peruvian delegation.",
            {("PE", "Luis Paz", "Finance Minister", True), ("PE", "Ana Quispe", "Trade Minister", True)},
        ),
        ("They will meet Japan’s Trade Minister Ken Mori and his team.", {("JP", "Ken Mori", "Trade Minister", True)}),
        ("Rin Sato, Japan’s chief negotiator, will represent Tokyo in the negotiations.", {("JP", "Rin Sato", "chief negotiator", True)}),
    ],
)  # fmt: skip
def test_people_whom_the_text_seats_are_delegates(read_story, words, delegates):
    members = [m for d in read_story(words).delegations for m in d.members]
    assert {(m.party, m.name, m.role, m.head) for m in members} == delegates


@pytest.mark.parametrize(
    "words",
    [
        "President Rosa Vega called the talks historic.",
        "“Both sides need a deal,” said Tom Roe, an economist at Example Bank.",
        "Ministry spokesman Juan Rey told reporters that fish exports were safe.",
    ],
)
def test_leaders_analysts_and_spokespersons_are_not_seated(read_story, words):
    assert read_story(words).delegations == []


@pytest.mark.parametrize(
    ("words", "kind", "date_text", "edtf"),
    [
        ("Japan’s tariff pause for Peru expires in August unless a deal is reached.", "measure_expiry", "August", "2031-08"),
        ("The agreement will enter into force on 1 January 2032.", "entry_into_force", "1 January 2032", "2032-01-01"),
        ("The ministers aim to conclude the negotiations by the end of the year.", "target", "the end of the year", "2031-12-31"),
        ("Customs data, expected on April 7, will show the effect.", "data_release", "April 7", "2031-04-07"),
        ("The two countries plan to sign the deal in the first quarter of next year.", "signing", "the first quarter of next year", "2032-01/2032-03"),
        ("The duties must be cut within 90 days of ratification.", "ratification", "within 90 days of", None),
    ],
)  # fmt: skip
def test_what_falls_due_is_a_deadline(read_story, words, kind, date_text, edtf):
    due = [d for d in read_story(words).deadlines if d.kind != "meeting"]
    assert [(d.kind, d.date.text, d.date.edtf) for d in due] == [(kind, date_text, edtf)]


def test_a_deadline_tells_its_condition_and_what_follows(read_story):
    words = "The pause expires in August unless Tokyo opts for an extension. Without a deal, duties will revert to 20 per cent."
    due = next(d for d in read_story(words).deadlines if d.kind == "measure_expiry")
    assert [(c.kind, c.text) for c in due.conditions] == [
        ("unless_extended", "unless Tokyo opts for an extension")
    ]
    assert due.consequence == "Without a deal, duties will revert to 20 per cent."


@pytest.mark.parametrize(
    "words",
    [
        "The two sides met in Tokyo in February.",
        "Exports fell in January, a month after the earlier round ended.",
        "Trade was worth $4 billion in 2030.",
    ],
)
def test_the_past_is_no_deadline(read_story, words):
    assert [d for d in read_story(words).deadlines if d.kind != "meeting"] == []


@pytest.mark.parametrize(
    ("words", "value", "unit", "measure", "direction", "status"),
    [
        ("Japan charges a tariff of 12 per cent on copper.", 12, "%", "tariff_rate", None, "actual"),
        ("Tokyo threatened to raise duties to 25%.", 25, "%", "tariff_rate", "up", "threatened"),
        ("Peru’s exports of fish fell 3.5% in January.", 3.5, "%", "growth_rate", "down", "actual"),
        ("Fish shipments rose to 5,120.5 tonnes.", 5120.5, "t", "trade_volume", "up", "actual"),
        ("Japan agreed to invest $2.5 billion in ports.", 2.5e9, "USD", "commitment", None, "agreed"),
        ("The licences are valid for a six-month period.", 6, "mo", "duration", None, "actual"),
        ("The text has 22 chapters.", 22, "1", "count", None, "actual"),
    ],
)  # fmt: skip
def test_quantities_say_what_they_measure(read_story, words, value, unit, measure, direction, status):
    figures = [(f.value, f.unit, f.measure, f.direction, f.status) for f in read_story(words).figures]
    assert figures == [(value, unit, measure, direction, status)]


@pytest.mark.parametrize(
    "words",
    [
        "Both sides cited Section 232 and Article 12.",
        "Two officials spoke.",
        "The dispute has grown over the past five years.",
        "The 2031 plan is done.",
    ],
)
def test_labels_years_and_passing_numbers_are_no_figures(read_story, words):
    assert read_story(words).figures == []


def test_quoted_words_have_their_speaker(read_story):
    told = read_story(
        "Trade Minister Ana Quispe met reporters in Lima. “We want fair rules for fish,” Quispe said. “That is all we ask for.”\n\n"
        "Tokyo’s position was “well known by now,” according to the Foreign Ministry.\n\n"
        "Ken Mori, Japan’s trade minister, told a news conference that copper was “never in doubt.”"
    ).statements
    assert [(s.speaker, s.text) for s in told if s.direct] == [
        ("Ana Quispe", "We want fair rules for fish,"),
        ("Ana Quispe", "That is all we ask for."),
        ("Foreign Ministry", "well known by now,"),
        ("Ken Mori", "never in doubt."),
    ]


def test_a_quotation_goes_on_in_the_next_paragraph(read_story):
    told = read_story(
        "Trade Minister Ana Quispe said: “We want rules.\n\nAnd we want them to last.”"
    ).statements
    assert [(s.speaker, s.text) for s in told] == [
        ("Ana Quispe", "We want rules."),
        ("Ana Quispe", "And we want them to last."),
    ]


def test_the_turns_of_a_transcript_belong_to_their_speakers(readout_of):
    text = (
        "Joining us are Trade Minister Ana Quispe of Peru and Ambassador Yuki Abe of Japan, after the trade talks between Peru and Japan in Lima.\n\n"
        "MINISTER QUISPE: Thank you. We have made good progress on the rules for fish and on copper this week.\n\n"
        "AMBASSADOR ABE: We share that view, and we will put the text on cars before our government in May.\n"
    )
    assert [s.speaker for s in readout_of(text).statements] == ["Ana Quispe", "Yuki Abe"]


def test_the_turns_of_a_conference_belong_to_whoever_is_named_in_full(readout_of):
    text = (
        "MODERATOR: Good morning. This is about the trade talks between Peru and Japan that were held in Lima this week.\n\n"
        "ANA QUISPE (Peru): We have made good progress on the rules for fish and on copper this week.\n\n"
        "QUESTION: Will there be a deal before the end of the year, as your government has promised?\n\n"
        "ANA QUISPE (Peru): We will put the text on cars before our government in the middle of May.\n"
    )
    assert [(s.speaker, s.party, s.text.split()[1]) for s in readout_of(text).statements] == [
        ("ANA QUISPE", "PE", "have"),
        ("ANA QUISPE", "PE", "will"),
    ]


def test_labels_of_paragraphs_are_no_speakers(readout_of):
    text = (
        "Key Outcomes: Peru and Japan have made good progress in their trade talks on fish and on copper.\n\n"
        "Next Steps: Peru and Japan will put the text on cars before their governments in the middle of May.\n"
    )
    assert readout_of(text).statements == []


def test_stakes_name_the_topic_of_a_sentence(read_story):
    stakes = read_story(
        "Japan is demanding access for its rare earth processors.\n\nPeru will seek lower tariffs on copper.\n\nRules of origin for cars will be discussed."
    ).stakes
    topics = {stake.topic for stake in stakes}
    assert {"critical_minerals.rare_earths", "tariffs", "rules_of_origin"} <= topics


def test_hedged_words_are_claims(read_story):
    stakes = read_story(
        "Japan could reportedly lower its tariffs on copper.\n\nPeru will open its fish quota."
    ).stakes
    certainty = {stake.topic: stake.certainty for stake in stakes}
    assert certainty["tariffs"] == "claimed"


@pytest.mark.parametrize(
    "dateline",
    [
        "LIMA, March 10, 2031 — ",
        "LIMA (Reuters) - ",
        "Lima, 10 March — ",
        "LIMA — ",
        "LIMA, 10 March (Andes).- ",
        "Lima, March 10: ",
    ],
)
def test_a_dateline_tells_where_and_when_it_was_written_not_what_happened(readout_of, dateline):
    readout = readout_of(
        f"{dateline}Peru and Japan will open trade talks in Tokyo next Monday.\n", published="2031-03-12"
    )
    assert readout.negotiation and readout.negotiation.start
    assert (readout.negotiation.venue, readout.negotiation.start.edtf) == ("Tokyo", "2031-03-17")
    assert [e.date.edtf for e in readout.events] == ["2031-03-17"]
    assert readout.deadlines[0].evidence[0].exact.startswith("Peru and Japan")
