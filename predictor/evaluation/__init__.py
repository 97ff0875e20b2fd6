"""Held-out skill: what a model predicts on chromosomes it never saw, beside what simpler methods predict there."""
