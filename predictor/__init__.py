"""The model and everything numerical. Knows nothing of Django, Celery, settings or the environment."""
