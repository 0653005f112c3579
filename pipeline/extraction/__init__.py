"""A document -> proven facts: extractors propose, code verifies."""
