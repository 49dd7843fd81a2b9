"""The page for those who answer for security: one file, without script, that asks no network.

Input: a Result. Output: HTML. What came from the code under review is text in it and nothing else:
the page is built of values that escape, and its Content-Security-Policy allows one style sheet,
by its hash, and pictures that stand in the page itself.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from scanner.reports.html.annex import findings, proofs
from scanner.reports.html.coverage import coverage
from scanner.reports.html.cuts import first
from scanner.reports.html.duties import duties
from scanner.reports.html.jewels import jewels
from scanner.reports.html.links import links
from scanner.reports.html.markup import Markup, tag
from scanner.reports.html.networks import networks
from scanner.reports.html.paths import paths
from scanner.reports.html.peers import peers
from scanner.reports.html.summary import contents, header, heading
from scanner.reports.html.waived import waived
from scanner.reports.waivers import counting
from scanner.result import Result


def render(result: Result) -> str:
    """The whole page; equal input gives equal bytes."""
    aside = waived(result)
    whole, result = result, counting(result)
    known = links(result)
    sections = {
        "paths": ("Attack paths", paths(known)),
        "first": ("What to change first", first(known)),
        "jewels": ("Crown jewels", jewels(known)),
        "networks": ("Networks and borders", networks(known)),
        "peers": ("What other scanners say", peers(known)),
        "duties": ("Duties at risk", duties(known)),
        "coverage": ("What was seen", coverage(result)),
        "proof": ("Proof, step by step", proofs(known)),
        "findings": ("Other findings", findings(result)),
        "waived": ("What does not count", aside),
    }
    told = {key: (title, body) for key, (title, body) in sections.items() if body}
    body = (
        tag("a", "Skip to the report", href="#report", class_="skip"),
        header(known, contents({key: title for key, (title, _) in told.items()}), whole),
        tag("main", (_section(key, *each) for key, each in told.items()), id="report"),
        tag("footer", tag("p", f"Made by Pathwarden {result.tool.version}. {TRUST}")),
    )
    page = tag("html", _head(result), tag("body", body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


TRUST = "This page is one file: it loads nothing, runs nothing and sends nothing."


def _section(key: str, title: str, body: Markup) -> Markup:
    return tag(
        "section", tag("h2", title, id=f"{key}-title"), body, id=key, aria_labelledby=f"{key}-title"
    )


def _head(result: Result) -> Markup:
    style = style_sheet()
    seal = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{seal}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{heading(result)} · {result.coverage.scanned}"),
        tag("style", Markup(style)),
    )


def style_sheet() -> str:
    """The style of the page."""
    return files("scanner.reports.html").joinpath("style.css").read_text("utf-8")
