"""All configuration, read once from the environment; nonsense is refused here, in one sentence.

Every variable is listed in docker/.env.example and in the README; a test compares the three.
"""

from __future__ import annotations

import secrets
from importlib.metadata import version
from pathlib import Path

import dj_database_url

from webapp.lib import environment as env
from webapp.lib.packages import package_folder

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = env.state_directory()

# --- the web server -------------------------------------------------------------------------------
PORT = env.integer("PORT", 8000, at_least=1, at_most=65535)
HOST = env.text("HOST", "127.0.0.1")
WEB_WORKERS = env.integer("WEB_WORKERS", 2, at_least=1, at_most=64)
WEB_THREADS = env.integer("WEB_THREADS", 8, at_least=1, at_most=256)
DEBUG = env.boolean("DEBUG", False)
SECRET_KEY = env.secret("SECRET_KEY", HOME / "secret_key", make=lambda: secrets.token_urlsafe(48))
# On the loopback address only local names are answered (DNS rebinding); a public bind answers what the operator lists, else all.
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if HOST in {"127.0.0.1", "localhost", "::1"} else ["*"]
)

# --- the two servers behind it: set by `manage.py up` when it starts the embedded ones --------------
DATABASE_URL = env.url("DATABASE_URL", env.embedded_database_url(HOME), schemes={"postgres", "postgresql"})
BROKER_URL = env.url("BROKER_URL", env.embedded_broker_url(HOME), schemes={"redis", "rediss", "redis+socket", "unix"})
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True),
        "ENGINE": "django.db.backends.postgresql",
    }
}

# --- the predictor ----------------------------------------------------------------------------------
MODEL = env.text("MODEL", "yeast")
DEVICE = env.choice("DEVICE", "auto", {"auto", "cpu", "cuda"})
DTYPE = env.choice("DTYPE", "auto", {"auto", "float32", "bfloat16"})  # of the computation; values are float32 always
HF_ENDPOINT = env.url("HF_ENDPOINT", "https://huggingface.co", schemes={"http", "https"})
HF_TOKEN = env.text("HF_TOKEN", "")  # a person's own, for `install_model`; never logged
CPU_MAX_BP = env.integer(
    "CPU_MAX_BP", 524_288, at_least=2048, at_most=1_048_576
)  # of the full network, on a worker without a GPU
# AlphaGenome at Google's, for people who enter a key of their own; what they predict with it leaves this server.
HOSTED_MODEL = env.boolean("HOSTED_MODEL", True)
HOSTED_ADDRESS = env.url("HOSTED_ADDRESS", "https://gdmscience.googleapis.com", schemes={"http", "https"})
env.check_encrypted("HOSTED_ADDRESS", HOSTED_ADDRESS)
HOSTED_SECONDS = 600.0  # that one request may take
PREDICTOR_THREADS = env.integer("PREDICTOR_THREADS", 0, at_least=0, at_most=1024)  # 0: torch decides
MAX_ATTEMPTS = 3
HEARTBEAT_SECONDS = 2.0
STALE_AFTER_SECONDS = env.integer("STALE_AFTER_SECONDS", 20, at_least=5, at_most=3600)
MAX_WAITING_PER_VISITOR = env.integer("MAX_WAITING_PER_VISITOR", 20, at_least=1, at_most=10_000)
MAX_JOBS_PER_VISITOR = 3  # of scoring, which may take hours each
MAX_JOBS = 200
SLICE_ROWS = 64  # variants that a worker takes at a time
SLICE_SECONDS = 5.0  # or fewer, since whoever waits for a prediction waits for the slice before it
EXPORT_CACHE_BYTES = 2 << 30  # of bigWig files in the home, which can all be made again
MAX_WAITING = env.integer("MAX_WAITING", 1000, at_least=1, at_most=1_000_000)
MAX_VIEWS_PER_VISITOR = 200  # links
MAX_VIEWS = 100_000

# --- files that people bring to the genome browser ----------------------------------------------------
USER_FILE_MB = env.integer("USER_FILE_MB", 500, at_least=1, at_most=1_000_000)
USER_FILES_MB = env.integer("USER_FILES_MB", 2000, at_least=1, at_most=10_000_000)  # of one visitor
ALL_USER_FILES_MB = env.integer("ALL_USER_FILES_MB", 20_000, at_least=1, at_most=100_000_000)
USER_FILE_DAYS = env.integer("USER_FILE_DAYS", 30, at_least=1, at_most=3650)
FETCH_PRIVATE_HOSTS = env.words("FETCH_PRIVATE_HOSTS", [])
MAX_FILES_PER_VISITOR = 100
FETCH_SECONDS = 120
PREPARE_SECONDS = 600  # half a gigabyte of text takes four minutes of a slow core

# --- Django -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "ninja",
    "webapp.services",
    "webapp.loci",
    "webapp.measured",
    "webapp.hosted",
    "webapp.predictions",
    "webapp.scoring",
    "webapp.sharing",
    "webapp.gallery",
    "webapp.userfiles",
    "webapp.exports",
    "webapp.browser",
    "webapp.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "webapp.lib.static_files.CompressedStaticFiles",
    "webapp.lib.headers.SecurityHeaders",
    "webapp.lib.language.Language",
    "django.middleware.common.CommonMiddleware",
    "webapp.lib.visitor.VisitorMiddleware",
    "webapp.sharing.middleware.ReadByLink",
]
ROOT_URLCONF = "webapp.urls"
WSGI_APPLICATION = "webapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "webapp.lib.language.words",
                "webapp.hosted.context.asks_google",
            ],
            "builtins": ["django.templatetags.static", "django.templatetags.i18n", "webapp.lib.bundles"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"  # what sentences are written in; a visitor's choice or browser decides what is read
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LANGUAGE_COOKIE_NAME = "locuscope_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["webapp.lib.formats"]  # numbers in Chinese are grouped by thousands too
STATIC_URL = "/static/"
PLOTLY = version("plotly")  # its script is served from the package
STATICFILES_DIRS = [BASE_DIR / "static", (f"vendor/plotly-{PLOTLY}", package_folder("plotly") / "package_data")]
WHITENOISE_USE_FINDERS = True  # the checkout's own files; no collectstatic step on a bare machine
WHITENOISE_MAX_AGE = 60  # our own scripts have no version in their names
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/vendor/"  # these have
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # a megabase pasted as FASTA with room to spare
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # TLS ends at the operator's proxy

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"links": {"()": "webapp.lib.logs.MaskLinks"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"})},
    "loggers": {
        "django.request": {"level": "ERROR"},  # 4xx answers carry their sentence to the user already
        "anndata": {"level": "WARNING"},  # it tells of each column of each file
    },
}

# --- Celery: the row in PostgreSQL is the truth, a message is only a UUID -----------------------------
CELERY = {
    "broker_url": BROKER_URL,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,  # capped by the row's attempts
    "task_default_queue": "predictor",
    "worker_prefetch_multiplier": 1,
    "worker_concurrency": 1,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_hijack_root_logger": False,
    "worker_enable_remote_control": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": 6 * 3600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    },
}
