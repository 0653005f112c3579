"""Readouts of one round -> one briefing.

Here are the weights and limits by which documents are told to belong together and facts to be the same.
"""

from datetime import timedelta

# How much speaks for a document's being about a round: 1 in all.
SAME_PARTIES = 0.35
SOME_PARTIES = 0.25
"""The parties of one are among the other's."""
SAME_VENUE = 0.25
SAME_DAYS = 0.2
"""No more than `CLOSE` apart; half of it where they are further apart."""
SAME_NUMBER = 0.2
"""Of the round, as "the second round"."""
COMMON_DELEGATE = 0.1
COMMON_TOPICS = 0.1
"""Of all of a document's topics; a share of it where only some are common."""

MANY = 3
"""At a table of more parties than these, each document may name others."""

# What keeps documents apart in time.
CLOSE = timedelta(days=3)
SAME_START = timedelta(days=10)
"""Two starts that both documents give."""
SAME_ROUND = timedelta(days=21)
"""Two days of which one is only that of publication; also the length of a blocking key's slice."""
AFTERMATH = timedelta(days=180)
"""So long after a meeting its talks may be broken off."""

# Copies and rewrites of one story.
LONG_QUOTATION = 12
"""Words of direct speech that two stories seldom print by chance."""
SHINGLE = 4
"""Words of a run."""
COPIED = 0.5
"""Share of the shorter story's runs that the other has, too."""

SAME_SENTENCE = 0.45
"""Share of the shorter sentence's words that the other has, too, in whatever form."""
RETOLD = 0.7
"""Share of the shorter story's sentences that the other tells in the same order."""
FEWEST_RETOLD = 3
"""So many sentences at least."""

# How many words of two texts are common, of all that they have (Jaccard), where they tell of one thing.
ALIKE_DEADLINES = 0.5
"""Where no day tells them apart."""
ALIKE_EVENTS = 0.4
ALIKE_HEADLINES = 0.5
ALIKE_SUBJECTS = 0.5
SAME_HAPPENING = 3
"""So many words in common tell that what two documents put on one weekday is the same."""
SAME_MATTER = 0.25
"""Share of the shorter of two sentences on a topic that the other tells, too."""
TOLD_AGAIN = 0.5
"""Share of the shorter of two sentences of one document that the other tells, too."""
FEWEST_QUOTED = 2
"""So many words of a quotation are enough to know it by, of one speaker."""

# Values that contradict each other, as shares of the larger one.
EXACT = 0.005
"""Less is a matter of rounding."""
APPROXIMATE = 0.05
"""Less says the same where one of them is told roughly."""
LONGER = 1.5
"""How many times as long a dispute has to last by one document than by another."""

# How much a fact weighs, of 1: by what it tells, by how many of the origins tell it, by how much of a headline it is,
# by whether the latest document tells it; more where sources disagree on it.
WEIGHT_OF_CONTENT = 0.5
WEIGHT_OF_ORIGINS = 0.2
WEIGHT_OF_HEADLINE = 0.2
WEIGHT_OF_NEWS = 0.1
WEIGHT_OF_DISPUTE = 0.1
OVERTAKEN = 0.4
"""By which what is over weighs less."""

# The timeline.
FEWEST_ENTRIES, MOST_ENTRIES = 3, 8
