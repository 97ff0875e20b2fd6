"""Measurements: our predictor by length, and our network beside other implementations of it."""
