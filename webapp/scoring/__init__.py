"""Many variants as one job: read, queued in slices, scored, shown as a table and given as files."""
