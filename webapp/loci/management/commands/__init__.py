"""Management commands of the loci app."""
