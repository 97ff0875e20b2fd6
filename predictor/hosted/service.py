"""Talking to the service: the SDK's protocol over a channel of our own, so that a call has an end, can be stopped and is told apart.

The SDK's client waits for ever, sleeps between tries and cannot be stopped; its messages, stubs and tensors are used here, under
these rules: a call that was refused before it gave anything (busy, quota of the minute) is made again twice, after a pause; one that
broke off in the middle is not, since it may have been counted.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from predictor.errors import DomainError
from predictor.hosted.names import INSTALL
from predictor.results import Progress

try:
    import grpc
    import zstandard
    from alphagenome import tensor_utils
    from alphagenome.protos.v1 import dna_model_pb2 as model
    from alphagenome.protos.v1 import dna_model_service_pb2 as messages
    from alphagenome.protos.v1 import dna_model_service_pb2_grpc as stubs
except (
    Exception
) as error:  # ImportError; of files made for other versions protobuf's VersionError and gRPC's RuntimeError
    raise DomainError(
        "no_hosted_sdk",
        f"Google's AlphaGenome service cannot be asked from here yet: its SDK is missing; “{INSTALL}” installs it.",
        status=503,
    ) from error

__all__ = ["Service", "grpc", "messages", "model", "tensor_utils", "zstandard"]

KEY_HEADER = "x-goog-api-key"
TRIES = 3
PAUSE_SECONDS = 1.5  # before the second try, twice as long before the third
TICK_SECONDS = 0.5  # how often somebody who waits is asked whether it is still wanted
METADATA_SECONDS = 30.0
PREDICT_SECONDS = 600.0
_DIRECTLY = [("grpc.enable_http_proxy", 0)]  # to a server on this machine: through a proxy the key would be read there
_OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
_LONGEST_DETAIL = 200


class Service:
    """One person's connection. `address`: https://host:port, or http:// for a server on this machine. A context manager."""

    def __init__(self, address: str, key: str, *, seconds: float = PREDICT_SECONDS) -> None:
        parts = urlsplit(address)
        self.host = parts.hostname or address
        host = f"[{self.host}]" if ":" in self.host else self.host
        target = f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        self._key = key
        self._seconds = seconds
        self._channel = (
            grpc.secure_channel(target, grpc.ssl_channel_credentials(), options=_OPTIONS)
            if parts.scheme == "https"
            else grpc.insecure_channel(target, options=[*_OPTIONS, *_DIRECTLY])
        )
        self._stub = stubs.DnaModelServiceStub(self._channel)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def metadata(self, organism: Any) -> list[Any]:
        """Every MetadataResponse of an organism. Raises DomainError as `predict`."""
        request = messages.MetadataRequest(organism=organism)
        return list(self._patiently(self._stub.GetMetadata, lambda: request, METADATA_SECONDS, _nothing))

    def predict(self, request: Any, progress: Progress) -> Iterator[Any]:
        """The PredictSequenceResponses as they come; `progress` is called while nothing comes, too.

        Raises Cancelled from `progress`, which stops the call, and DomainError: `hosted_key_refused`, `hosted_quota`,
        `hosted_unreachable`, `hosted_too_slow`, `hosted_refused`, `hosted_broke_off` or `hosted_failed`.
        """
        return self._patiently(self._stub.PredictSequence, lambda: iter([request]), self._seconds, progress)

    def _patiently(
        self, method: Callable[..., Any], given: Callable[[], Any], seconds: float, progress: Progress
    ) -> Iterator[Any]:
        for attempt in range(TRIES):
            came = False
            try:
                call = method(given(), metadata=[(KEY_HEADER, self._key)], timeout=seconds)
                for message in _messages(call, progress):
                    came = True
                    yield message
                return
            except grpc.RpcError as error:
                code, detail = error.code(), error.details() or ""
                if came or attempt == TRIES - 1 or code not in _AGAIN:
                    raise self._refusal(code, detail, came, seconds) from None
            self._wait(PAUSE_SECONDS * 2**attempt * random.uniform(0.8, 1.2), progress)  # noqa: S311

    def _wait(self, seconds: float, progress: Progress) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            progress("waiting for Google's service", 0.0)
            time.sleep(min(left, TICK_SECONDS))

    def _refusal(self, code: Any, detail: str, came: bool, seconds: float) -> DomainError:
        """A sentence for a status of the service; its own words where they say what is wrong, never the key."""
        status = grpc.StatusCode
        said = " ".join(detail.replace(self._key, "…").split())[:_LONGEST_DETAIL].rstrip(".")
        if code == status.UNAUTHENTICATED or (code == status.INVALID_ARGUMENT and "api key" in said.casefold()):
            return key_refused()
        if code == status.PERMISSION_DENIED:
            return DomainError(
                "hosted_key_refused",
                f"Google's AlphaGenome service allows this key no predictions: {said or code.name}.",
                status=403,
            )
        if code == status.RESOURCE_EXHAUSTED:
            return DomainError(
                "hosted_quota",
                "Google's AlphaGenome service says that the quota of your key is used up; try again later.",
                status=429,
            )
        if code == status.DEADLINE_EXCEEDED:
            return DomainError(
                "hosted_too_slow",
                f"Google's AlphaGenome service did not finish within {seconds:g} seconds; try again later, with fewer tracks if there "
                "are many.",
                status=504,
            )
        if came:
            return broke_off()
        if code == status.UNAVAILABLE:
            return DomainError(
                "hosted_unreachable",
                f"Google's AlphaGenome service ({self.host}) cannot be reached from this server; try again later, or ask whoever runs "
                "this server whether it may reach the internet.",
                status=503,
            )
        if code in {status.INVALID_ARGUMENT, status.OUT_OF_RANGE, status.FAILED_PRECONDITION}:
            return DomainError(
                "hosted_refused", f"Google's AlphaGenome service refused this request: {said or code.name}."
            )
        return DomainError(
            "hosted_failed", f"Google's AlphaGenome service failed ({code.name}); try again later.", status=502
        )


def key_refused() -> DomainError:
    """The key is not one of Google's, or not any more."""
    return DomainError(
        "hosted_key_refused",
        "Google's AlphaGenome service does not take this key; check it, or make a new one on Google's AlphaGenome page.",
        status=403,
    )


def broke_off() -> DomainError:
    """Part of an answer came."""
    return DomainError(
        "hosted_broke_off",
        "The answer of Google's AlphaGenome service broke off in the middle; ask again, which counts against your quota once more.",
        status=502,
    )


_AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}


def _nothing(stage: str, done: float) -> None:
    return None


def _messages(call: Any, progress: Progress) -> Iterator[Any]:
    """What a call gives, read in a thread, so that whoever waits can stop it. Raises grpc.RpcError and what `progress` raises."""
    came: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        try:
            for message in call:
                came.put(("message", message))
            came.put(("end", None))
        except BaseException as error:
            came.put(("error", error))

    threading.Thread(target=read, name="hosted call", daemon=True).start()
    try:
        while True:
            try:
                kind, value = came.get(timeout=TICK_SECONDS)
            except queue.Empty:
                progress("waiting for Google's service", 0.0)
                continue
            if kind == "error":
                raise value
            if kind == "end":
                return
            yield value
    finally:
        call.cancel()  # of one that is over: nothing
