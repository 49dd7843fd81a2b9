"""A headless Chromium of one's own, driven over a pipe in its devtools protocol.

Nothing is listened on, and nothing but a Chromium has to be installed.
See https://chromedevtools.github.io/devtools-protocol/.
"""

import json
import os
import select
import shutil
import subprocess
import time
from base64 import b64decode

QUIET = (
    "--headless",
    "--no-sandbox",  # as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60


def installed():
    """Where a Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One tab. Requests that it makes are in `requests`."""

    def __init__(self, program, home):
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        self._process = subprocess.Popen(
            # Chromium reads commands from descriptor 3 and answers on descriptor 4.
            [
                *("bash", "-c", f'exec 3<&{commands} 4>&{answers} "$@"', "bash", program, *QUIET),
                *("--remote-debugging-pipe", f"--user-data-dir={home}", "about:blank"),
            ],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._number, self._rest, self._session = 0, b"", None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def close(self):
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        except (OSError, EOFError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._commands)
        os.close(self._answers)

    def call(self, method, **parameters):
        """Give a command and wait for its answer."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._commands, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, (method, heard["error"])
                return heard["result"]

    def _hear(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready = select.select([self._answers], [], [], max(0, end - time.monotonic()))[0]
            piece = os.read(self._answers, 1 << 20) if ready else b""
            if not piece:
                raise EOFError("Chromium does not answer")
            self._rest += piece
        told, _, self._rest = self._rest.partition(b"\0")
        heard = json.loads(told)
        if "method" in heard:
            self.events.append(heard)
        return heard

    def open(self, page):
        """Open a file and wait until it stands."""
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not self.told("Page.loadEventFired"):
            self._hear()

    def told(self, method):
        """What was told of one kind of event."""
        return [event["params"] for event in self.events if event["method"] == method]

    def ask(self, expression):
        """The value of an expression in the page, which itself runs no script."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def resize(self, width, height=900):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme):
        """Ask for light or dark."""
        wish = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[wish])

    def picture(self, top=0, height=900):
        """A part of the page as PNG."""
        width = self.ask("innerWidth")
        clip = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
        answer = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return b64decode(answer["data"])

    def paper(self):
        """The page as PDF."""
        return b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])
