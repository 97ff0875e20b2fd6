"""The Django project. Its apps import downwards only: lib, loci, predictions, browser, api."""
