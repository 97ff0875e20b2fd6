"""The subcommands of `python -m predictor`: a module adds its arguments and runs."""
