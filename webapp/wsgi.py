"""The web process: threaded WSGI, since file ranges and windows are plain short answers."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
application = get_wsgi_application()

from webapp.browser.first_page import prepare  # noqa: E402  # models are known only now

prepare()
