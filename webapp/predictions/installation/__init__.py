"""Putting models that are not packaged into the home: each model a module, what they share beside them."""
