"""Embedded PostgreSQL and Valkey, and the supervisor that runs them with the web server, the worker and the sweeper."""
