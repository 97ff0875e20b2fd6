"""`python -m tests.browser_setup`: Chromium for the browser tests, from Debian where it is missing and we may install it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def chromium_path() -> str:
    """Debian's browser."""
    return shutil.which("chromium") or "/usr/bin/chromium"


def main() -> int:
    if shutil.which("chromium"):
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            "The browser tests need Chromium; install it first, on Debian: sudo apt-get install chromium",
            file=sys.stderr,
        )
        return 1
    print("Installing Chromium for the browser tests (about a minute) ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True, **quiet)
    return 0


if __name__ == "__main__":
    sys.exit(main())
