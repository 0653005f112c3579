"""Text -> what its words say: parties, people, quantities, dates, quotations, clauses."""
