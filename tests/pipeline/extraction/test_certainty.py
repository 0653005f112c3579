"""How firmly a figure is said, by the clause that it stands in, and what its sentence denies."""

import pytest

from tests.pipeline.extraction.test_figures import cases, figures, told

CERTAINTY = (
    # May is a month, and a march no promise.
    "Exports of tea fell by [12 per cent|reported] in May 2032.",
    "In May Norway bought [600 tonnes|reported] of coffee.",
    "Car sales rose [4 percent|reported] in May, customs data show.",
    "Orders had reached [$40 million|reported] by May.",
    "May sales of [$7 million|reported] were the best in years.",
    "The [5%|reported] duty took effect on May 1, 2032.",
    "The [5%|reported] duty took effect on 1 May.",
    "Between May and July, [900 tonnes|reported] were shipped.",
    "Late May brought orders worth [$3 million|reported].",
    "Exports in May may have fallen by [8%|claimed].",
    # A hedge reaches as far as its own clause.
    "Kenya cut the duty to [5%|reported], which may hurt growers in the highlands.",
    "Oslo, which could join the pact later, bought [40 buses|reported] last year.",
    "Orders fell by [9%|reported] in 2032, and some growers might give up.",
    "The duty may rise to [15%|claimed].",
    "Kenya could lose [9,000 jobs|claimed].",
    "Norway reportedly bought [70 ferries|claimed].",
    "If the talks fail, a duty of [25%|claimed] applies.",
    "A duty of [25%|claimed] applies if the talks fail.",
    "The duty is [14%|reported]; if it were lifted, growers would gain.",
    "Prices rose [7%|reported] because buyers feared that stocks might run out.",
    "The possibility of a strike did not stop Kenya, which shipped [300 tonnes|reported].",
    # So does whoever says it.
    "The minister said that exports had fallen by [6%|claimed].",
    "Exports had fallen by [6%|claimed], the minister said.",
    "Growers claim that the pact costs them [$20 million|claimed] a year.",
    "The minister, who had said that he was tired, signed a contract for [40 buses|reported].",
    "Kenya sold [310 tonnes|reported] of nuts, although brokers had said that stocks were empty.",
    "Norway bought [$70 million|reported] of tea and insisted that it would buy more.",
    "People familiar with the talks said [200 products|claimed] were listed.",
    "According to officials, [85%|claimed] of the text is agreed.",
    "Official data showed that exports fell by [6%|reported].",
)

DENIED: tuple[tuple[str, list[float]], ...] = (
    # What is said of what is not so is no figure.
    ("Norway did not impose a 15% duty on tea.", []),
    ("Exports did not rise by 5% in 2032.", []),
    ("Kenya never agreed to a quota of 400 tonnes.", []),
    ("The ministry denied that exports of tea had fallen by 12%.", []),
    ("Oslo ruled out a duty of 25%.", []),
    ("Kenya refused to raise the quota to 900 tonnes.", []),
    ("Reports of a 40% duty are false.", []),
    ("There is no plan for a 30% tariff.", []),
    ("A 12% duty was never imposed.", []),
    ("Neither side wants a tariff of 18%.", []),
    ("In no case will the duty reach 40%.", []),
    ("Norway left without imposing a 7% duty.", []),
    # What is not done can be what is agreed, and a "not" reaches no further than its clause.
    ("Kenya agreed not to reimpose a 20 percent levy on cars.", [20]),
    ("Oslo promised not to bring back the 12% duty on nuts.", [12]),
    ("Norway did not lift the 15% duty on tea.", [15]),
    ("Without a deal, duties will revert to 20%.", [20]),
    ("With no accord, the tariff on tea rises to 12%.", [12]),
    ("If no deal is reached by May, duties will rise to 15%.", [15]),
    ("Kenya, which has not joined the bloc, charges a 15% duty.", [15]),
    ("Growers did not protest when the duty fell to 5%.", [5]),
    ("Nothing has changed since exports rose by 9%.", [9]),
    ("Norway bought not only 600 tonnes of tea but 40 buses.", [600, 40]),
    ("It is not clear why orders fell by 8%.", [8]),
    ("The duty on boats will not exceed 12.5 percent.", [12.5]),
    ("Never before had exports grown by 30%.", [30]),
)


@pytest.mark.parametrize("marked", cases(CERTAINTY))
def test_how_firmly_a_figure_is_said(marked):
    assert told(CERTAINTY, marked, lambda figure: figure.certainty) == marked


@pytest.mark.parametrize(("words", "values"), DENIED, ids=[words for words, _ in DENIED])
def test_what_a_sentence_denies_is_no_figure(words, values):
    assert [f.value for f in figures(tuple(words for words, _ in DENIED))[words]] == values
