"""Management commands of the predictions app."""
