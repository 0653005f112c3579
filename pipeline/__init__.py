"""Documents -> grounded facts -> briefings. Pure: no database, no HTTP server."""
