"""Text written from the proven facts of a briefing, by a model or by rules, and checked against them by code."""
