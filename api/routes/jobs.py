"""Jobs: the work on a document, which outlives the request that asked for it."""

handlers = []
