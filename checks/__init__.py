"""Rules over the warehouse: each is a query for the rows that break it; the results are findings."""
