"""Side-by-side measurements: ratios within one run, against something public. Never timed tests."""
