"""Pieces that the rules look for, for texts that a grammar of the news would never put together."""

PIECES = [
    "US", "China", "the EU", "Kenya and Peru", "trade talks", "tariffs", "Trade Minister", "Ana Rúa", "led by", "met",
    "25%", "$1.2bn", "Rs 5 lakh crore", "from 10 to 5 per cent", "two-thirds of", "by May next year", "31 February 2025",
    "the week of 30 June", "within 60 days", "early 2026", "May 28-3", "29 February", "99 January 2999", "until",
    "said", "“We agree", "”", "\"", "not", "unless", "(", ")", "- ", "1. ", "\n", "\n\n", "    ", "SECRETARY X: ", "…", "\u200b",
    "\ufeff", "é", "ﬁ", "１２％", "İ", "ß", "\u0301", "---\ntitle: x\n---\n", "Updated 3 March 2031", "LIMA, 4 June - ",
]  # fmt: skip
