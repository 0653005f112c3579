"""Whether a text is about trade talks, and between whom. A row: a text, and the parties; none: it is about something else."""

import pytest

ROWS = [
    # A note of a few sentences says it in one of them.
    ("Norway and Chile held trade talks in Oslo on Tuesday. A deal is to be signed in May.", "CL NO"),
    ("Norway and Chile held peace talks in Oslo on Tuesday. A ceasefire is to be signed in May.", ""),
    ("Norway beat Chile in Oslo on Tuesday. The players trade shirts after talks with the coach.", ""),
    ("Serbia and Croatia traded insults over a song on Tuesday. Zagreb summoned an ambassador.", ""),
    ("Chile and Korea signed an agreement on films in Busan. Their ministers shook hands.", ""),
    ("Exports from Vietnam to Germany fell by 7 per cent in April, an office said. Imports rose.", ""),
    ("Cairo and Brasília have agreed to halve their tariffs on beef, officials of both said.", "BR EG"),
    ("Ghana and Viet Nam have agreed on the outline of a cashew and rice agreement. It was reached in Hanoi.", "GH VN"),
    # A joint statement is of those whom its title names.
    (
        "JOINT STATEMENT\nof the Ministers of Peru, Chile and Japan\n\nThe Ministers met in Lima on Monday. Chile and Japan will "
        "cut their duties on grapes. Chile asked Japan for a quota. The trade ministers meet again in May.",
        "CL JP PE",
    ),
    # Who is to join a body deals with the body, whoever else asks for something.
    (
        "Bhutan has tabled its last offer on import duties for accession to the World Trade Organization. Bhutan would bind "
        "its tariffs at 20 per cent. The working party asked Bhutan for cuts on dairy goods, the EU and Canada above all. "
        "Bhutan hopes for membership by May.",
        "BT X-WTO",
    ),
    ("Bhutan says its tariffs follow the rules of the WTO. Bhutan and Nepal opened trade talks. Bhutan sells timber.", "BT NP"),
    # Bystanders are named as often as those who talk, or oftener.
    (
        "Australia has shipped cattle to Java for years. India came later, with buffalo meat; ask about price, and it is about India. "
        "Neither had a seat in Surabaya. Mercosur had: its negotiators came for the second round of their trade talks with Indonesia. "
        "They are not there to push out Australia or India, a negotiator of Mercosur said. Indonesia wants lower duties on shoes.",
        "ID X-MERCOSUR",
    ),
    (
        "When Mercosur and Japan sat down this week, the Japanese wanted to know how much Chinese steel crosses the region. "
        "Both spoke of worries about China, Russia and North Korea. On tariffs, the matter of these talks between Mercosur and "
        "Japan, there was some progress.",
        "JP X-MERCOSUR",
    ),
    # As many as a text counts.
    (
        "Australia will welcome the trade ministers of Fiji and Samoa on 6 September. The invitation follows last week's trade "
        "talks between officials of the three countries in Apia.",
        "AU FJ WS",
    ),
    # Its own side, which a text may name by its capital alone.
    (
        "Growers have asked the government for more from the trade talks with Chile, which are to open in Manila on Monday. "
        "They still smart from the deal with South Korea, which was signed in May, and want no duty on coconuts this time.",
        "CL PH",
    ),
    # Two whom a text never names in one sentence.
    (
        "Kenya will not lower its duty on sugar, its trade minister told negotiators. Kenya has offered a quota instead. "
        "Lusaka wants the tariff gone before the next round of talks, and says its exporters have waited long enough.",
        "KE ZM",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parties"), ROWS, ids=[text[:60] for text, _ in ROWS])
def test_between_whom_a_text_tells_of_trade_talks(readout_of, text, parties):
    negotiation = readout_of(text, published="2031-03-12").negotiation
    assert (negotiation.parties if negotiation else []) == parties.split()


@pytest.mark.parametrize(
    ("text", "round_"),
    [
        ("Ghana and Chile held trade talks in Accra. In this third round, Ghana offered 12%.", "third round"),
        ("Ghana and Chile met in Accra for trade talks. The second round, put off in May, was held on Monday.", "second round"),
        ("Ghana and Chile met in Accra for trade talks. The first round was held in May. The second round ended today.", "second round"),
        ("Ghana and Chile met in Accra for trade talks. A third round is planned for May.", None),
    ],
)  # fmt: skip
def test_which_round_a_text_is_about(readout_of, text, round_):
    assert readout_of(text, published="2031-06-12").negotiation.round == round_
