"""Installing an assembly: where its files are, fetching them, putting them into PostgreSQL."""
