"""Measured data that is drawn under predictions: installed by the operator, shown to everybody."""
