"""Bait is marked: evidence comes from the body alone."""

from itertools import pairwise

import pytest

STORY = """Home
World
Markets

Peru and Japan open trade talks in Lima

By Jane Example
Published: 12 March 2031

Ministers shake hands in Lima on Wednesday. (Photo: Example Agency)

Negotiators from Peru and Japan opened trade talks in Lima on Wednesday, with fish and copper on the table.

What Tokyo wants

Japan is asking for duty-free access for its cars, a person close to the talks said on Tuesday evening.

Also read: Copper stocks jump 12% as traders cheer

Shares of Example Copper (NYSE: EXC) rose 4.5% and the stock is up 30% this year.

The two sides will meet again in Tokyo in May, and both called the first day of talks a good beginning.

Jane Example is a reporter who covers trade for Example News.

TAGGED: Peru, Japan
Leave a comment
Your email address will not be published.
© 2031 Example News. All rights reserved.
"""


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("Home", "boilerplate"),
        ("Peru and Japan open", "headline"),
        ("By Jane", "byline"),
        ("Published:", "byline"),
        ("Ministers shake", "caption"),
        ("Negotiators from", "body"),
        ("What Tokyo", "boilerplate"),
        ("Japan is asking", "body"),
        ("Also read", "promo"),
        ("Shares of", "promo"),
        ("The two sides", "body"),
        ("Jane Example is", "byline"),
        ("TAGGED", "boilerplate"),
        ("Leave a", "boilerplate"),
        ("© 2031", "boilerplate"),
    ],
)
def test_each_part_of_a_page_has_its_region(document, words, region):
    page = document(STORY)
    assert page.region_at(STORY.index(words)) == region


def test_blocks_cover_the_text_without_gaps(document):
    blocks = document(STORY).blocks
    assert blocks[0].start == 0 and blocks[-1].end == len(STORY)
    assert all(left.end == right.start for left, right in pairwise(blocks))


def test_the_title_and_the_day_are_found_on_the_page(document):
    page = document(STORY)
    assert page.title == "Peru and Japan open trade talks in Lima"
    assert page.published and page.published.edtf == "2031-03-12"


def test_a_page_that_was_only_updated_has_no_day_of_publication(document):
    page = document(STORY.replace("Published:", "Last updated:"))
    assert page.published is None
    assert page.updated and page.updated.edtf == "2031-03-12"


def test_wrapped_lines_are_one_paragraph(document):
    wrapped = (
        "Peru and Japan announced today that they had agreed on a framework\n"
        "for trade that opens markets for fish, copper and cars, and that\n"
        "both governments will put before their parliaments in the autumn\n"
        "session, which begins in September.\n\n"
        "-   Peru will remove its duties on cars over five years, starting\n"
        "    on the day that the agreement enters into force.\n"
        "-   Japan will open a quota for fish.\n"
    )
    assert [block.region for block in document(wrapped).blocks] == ["body", "body", "body"]


def test_a_paragraph_of_two_wrapped_lines_is_one(document):
    wrapped = (
        "The round of talks between Norway and Chile, which had been set for October, has\n"
        "been put off to November, officials of both said on Friday.\n"
    )
    two = wrapped.replace("\nbeen", ".\nBeen")
    assert len(document(wrapped).blocks) == 1
    assert len(document(two).blocks) == 2


def test_bullets_of_a_fact_sheet_are_body_but_a_menu_is_not(document):
    text = "Fact sheet: talks between Peru and Japan\n\n• Travel\n• Sport\n\nPeru and Japan have agreed on the terms below today.\n\n• Peru will remove duties on all cars\n"
    page = document(text)
    assert page.region_at(text.index("Travel")) == "boilerplate"
    assert page.region_at(text.index("Peru will")) == "body"


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Kenya and Chile open talks", "# Kenya and Chile open talks"),
        ("Kenya and Chile open talks", "KENYA AND CHILE OPEN TALKS"),
        ("Kenya and Chile open talks | Harbour Monitor", "**Kenya and Chile open talks**"),
        ("“Tea first”: Kenya’s offer", "## “Tea first”: Kenya’s offer"),
        ("Kenya offers a lower duty of 7%, and Chile asks for more.", "Kenya offers a lower duty of 7%, and Chile asks for more."),
        ("Tea first", "Tea first"),
    ],
)  # fmt: skip
def test_a_heading_that_repeats_the_title_is_a_headline(document, title, heading):
    story = "Kenya and Chile opened talks on tea in Nairobi, and both spoke of progress.\n"
    for text, known in (
        (f"---\ntitle: '{title}'\n---\n\n{heading}\n\n{story}", {}),
        (f"{heading}\n\n{story}", {"title": title}),
    ):
        page = document(text, **known)
        assert page.region_at(text.index(heading, text.find("---", 3) + 1)) == "headline"
        assert page.region_at(text.index("Kenya and Chile opened")) == "body"


def test_a_story_that_begins_as_its_title_does_is_the_body(document):
    story = "Kenya and Chile open talks on tea in Nairobi, officials say.\n"
    page = document(f"# Kenya and Chile open talks\n\n{story}", title="Kenya and Chile open talks")
    assert page.region_at(page.text.index(story)) == "body"


@pytest.mark.parametrize(
    "line", ["Date: 12 March 2031", "*Date:* March 12, 2031", "First published on 12 March 2031", "**Issued:** 12.03.2031"]
)  # fmt: skip
def test_the_line_of_a_day_is_no_part_of_the_story_and_no_title(document, line):
    story = "Kenya and Chile opened talks on tea in Nairobi, and both spoke of progress.\n"
    for page in (document(f"{line}\n\n{story}"), document(f"---\nlang: en\n---\n\n{line}\n\n{story}")):
        assert page.region_at(page.text.index(line)) == "byline"
        assert page.title is None


COPIED = """Menu
Sign in

Kenya and Chile edge towards a deal on tea and copper as a deadline nears and patience in both capitals wears thin

By Jane Example

Kenya and Chile drew closer on Tuesday to a deal on tea and copper, both governments said.

Read more business news

- Copper makers warn of losses
- Why tea is dear

Chile would cut its duty on tea to 4% by January 2033, an official said in Nairobi.

Get the day's top stories in your inbox every weekday at seven.

What was agreed so far is this:

Tea: duty of 4%
Copper
Talks resume in Santiago

Trade Minister Ada Example said:

"We drink it, they dig it," and so it went on for an hour.

| Good | Offer |
| Tea | cut by half |

The ministers meet again on 20 May. (AP)

Comments (12)
Reader One
I have grown tea for thirty years, and nobody ever paid me what a government had promised me in a hotel.
Reader Two
They should stop all exports until October, and then we shall see what happens to the price of it.
"""


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("Kenya and Chile edge", "headline"),
        ("Kenya and Chile drew", "body"),
        ("- Copper makers", "promo"),
        ("Chile would cut", "body"),
        ("Get the day", "promo"),
        ("What was agreed", "body"),
        ("Tea: duty", "body"),
        ("Copper\n", "body"),
        ("Talks resume", "body"),
        ("Trade Minister", "body"),
        ("| Tea", "body"),
        ("The ministers meet", "body"),
        ("Comments (12)", "boilerplate"),
        ("I have grown", "boilerplate"),
        ("They should stop", "boilerplate"),
    ],
)
def test_a_page_copied_from_a_browser_keeps_its_story_alone(document, words, region):
    assert document(COPIED).region_at(COPIED.index(words)) == region


def test_tags_below_each_story_of_a_page_end_none_but_their_own(document):
    story = "Kenya and Chile met again in week {0}, and spoke of tea and of copper.\n\nTags: Kenya, Chile\n\n"
    text = "".join(story.format(week) for week in range(5))
    page = document(text)
    assert all(page.region_at(text.index(f"week {week}")) == "body" for week in range(5))


def test_a_day_that_a_line_begins_with_opens_no_item(document):
    text = (
        "Weekly notes\n\n"
        "Kenya and Chile will open another round of talks on tea on October\n"
        "9. Kenya wants to keep its duty of twelve per cent, and Chile offers\n"
        "to let in more coffee. Both say that they are close to a deal which\n"
        "would end a quarrel of ten years.\n"
    )
    page = document(text)
    assert [block.region for block in page.blocks].count("body") == 1


BELOW = "Peru and Japan opened trade talks in Lima on Monday, and both sides spoke of a good beginning.\n"


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("# Peru opens talks with Japan", "Peru opens talks with Japan"),
        ("**Peru opens talks with Japan**", "Peru opens talks with Japan"),
        ("JOINT STATEMENT\nof the Ministers of Peru\nand of Japan", "JOINT STATEMENT of the Ministers of Peru and of Japan"),
        (
            "Peru opens talks with Japan\nUPDATED 4 March 2031 18:40: adds what the minister said in paragraphs 3 to 5",
            "Peru opens talks with Japan",
        ),
        ("Peru opens talks with Japan\n<div id=\"text\" class=\"wide and full\">", "Peru opens talks with Japan"),
        ("Formats: [HTML](/a/peru-and-japan.html) [JSON](/a/peru-and-japan.json)", None),
    ],
)  # fmt: skip
def test_a_title_is_plain_words_and_no_furniture(document, above, title):
    assert document(f"{above}\n\n{BELOW}").title == title
