"""REST under /api/v1 (OpenAPI at /api/v1/docs) and /healthz."""
