"""Response headers that every page carries: a strict Content-Security-Policy, so no third party is ever asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Style elements: our files, and by their hashes the four that libraries put into the page: igv.js's two, Plotly's empty one, which
# it fills by rule, and that of its street maps. A new version brings new hashes, and the browser tests hear the console say so.
# Style attributes stay open: igv.js takes the text of its popups as markup. `style-src` is for browsers that know neither.
_LIBRARY_STYLES = (
    "'sha256-ITHmamcImsZ/Je1xrdtDLZVvRSpj1Zokb6uHXORB824='",
    "'sha256-NTwDUA6nIvRRpI2lIBtHJqkV0TlTj4HVmI6vI81fIfM='",
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
)
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        f"style-src-elem 'self' {' '.join(_LIBRARY_STYLES)}",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "form-action 'self'",
    ]
)

# What a browser can do and this site never asks for; writing to the clipboard ("Copy link") and full screen stay ours alone.
PERMISSIONS = ", ".join(
    [
        *(
            f"{name}=()"
            for name in (
                "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
            )
        ),
        "clipboard-write=(self)",
        "fullscreen=(self)",
    ]
)  # fmt: skip


class SecurityHeaders:
    """Adds both where a view has not set its own; Django's own middleware adds what settings say of referrers, types and openers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
