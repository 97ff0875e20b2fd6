"""Predictions: spec -> submit -> task -> store -> windows; the row is the truth, a message is only a UUID."""
