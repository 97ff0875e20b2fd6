"""Places worth seeing, each with its story, its papers and a view that opens on whatever is installed."""
