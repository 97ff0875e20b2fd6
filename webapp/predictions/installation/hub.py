"""Files of a model repository on Hugging Face, or on a mirror that speaks its protocol."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from django.conf import settings

from predictor.api import DomainError
from webapp.lib.download import SAY_SECONDS, NotFetchedError, Remote, Say, ask, fetch, origin

_NOT_OF_THE_MODEL = re.compile(r"(^|/)(\.git.*|README.*|LICENSE.*|NOTICE.*|.*\.(md|png|jpg|svg|ipynb|pdf))$", re.I)


@dataclass(frozen=True, slots=True)
class Repository:
    """`name` as owner/repository; `page`: where a person accepts its terms."""

    name: str

    @property
    def page(self) -> str:
        return f"{settings.HF_ENDPOINT.rstrip('/')}/{self.name}"

    def files(self) -> list[Remote]:
        """What belongs to the model, with sizes and digests. Raises DomainError `not_fetched`, `terms_not_accepted`."""
        url: str | None = f"{settings.HF_ENDPOINT.rstrip('/')}/api/models/{self.name}/tree/main?recursive=true"
        found: list[Remote] = []
        while url:
            rows, url = self._page_of(url)
            found += [
                self._remote(row)
                for row in rows
                if row.get("type") == "file" and not _NOT_OF_THE_MODEL.search(row["path"])
            ]
        if not found:
            raise DomainError("not_fetched", f"{self.page} holds no file of a model; check the name.", status=502)
        return found

    def fetch(self, remotes: list[Remote], folder: Path, say: Say) -> Path:
        """Each at its place below `folder`. Raises as `files`, and `wrong_sha256`, `disk_full`."""
        told, done = time.monotonic(), 0
        for number, remote in enumerate(remotes, start=1):
            try:
                fetch(remote, folder / remote.name, say)
            except NotFetchedError as error:
                raise self._refused(error, remote.name) from None
            done += remote.size or 0
            if time.monotonic() - told > SAY_SECONDS:
                told = time.monotonic()
                say(f"{number:,} of {len(remotes):,} files, {done / 1e6:,.1f} MB")
        return folder

    def _remote(self, row: dict[str, Any]) -> Remote:
        path, lfs = str(row["path"]), row.get("lfs") or {}
        if path.startswith("/") or ".." in path.split("/"):
            raise DomainError(
                "not_fetched", f"{self.page} names a file “{path[:60]}”, which leads elsewhere.", status=502
            )
        return Remote(
            url=f"{self.page}/resolve/main/{quote(path)}",
            name=path,
            size=int(lfs.get("size", row["size"])),
            sha256=str(lfs.get("oid", "")).removeprefix("sha256:"),
            blob="" if lfs else str(row.get("oid", "")),
            token=settings.HF_TOKEN,
        )

    def _page_of(self, url: str) -> tuple[list[dict[str, Any]], str | None]:
        """Rows of a listing, and where it goes on; elsewhere, as the server may say, without the token."""
        token = settings.HF_TOKEN if origin(url) == origin(settings.HF_ENDPOINT) else ""
        try:
            with ask(url, token) as answer:
                rows = json.load(answer)
                following = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("Link") or "")
            if not isinstance(rows, list):
                raise ValueError(rows)
        except NotFetchedError as error:
            raise self._refused(error, "its list of files") from None
        except (OSError, ValueError) as error:
            raise DomainError(
                "not_fetched", f"{self.page} cannot be read: {str(error)[:160]}; run this again.", status=502
            ) from None
        return rows, urljoin(url, following[1]) if following else None

    def _refused(self, error: NotFetchedError, what: str) -> DomainError:
        if error.status == 401 and settings.HF_TOKEN:
            return DomainError(
                "terms_not_accepted",
                f"{settings.HF_ENDPOINT} does not know the token in HF_TOKEN; make one at {settings.HF_ENDPOINT}/settings/tokens that "
                "may read gated repositories.",
                status=401,
            )
        if error.status in (401, 403):
            token = (
                ""
                if settings.HF_TOKEN
                else f" and set HF_TOKEN to a token of yours ({settings.HF_ENDPOINT}/settings/tokens)"
            )
            return DomainError(
                "terms_not_accepted",
                f"{self.page} gives {what} only to those who accepted its terms: log in there, accept them{token}, then run this "
                "again.",
                status=403,
            )
        return DomainError("not_fetched", f"{self.page} answered {error} for {what}; check the name.", status=502)
