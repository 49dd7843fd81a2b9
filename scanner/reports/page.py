"""A rule's page for a terminal."""

from rich.markdown import Markdown

from rules.api import Rule
from rules.page import page
from scanner.reports.printing import printed


def render_page(rule: Rule, *, width: int, colour: bool) -> str:
    """Title, severity, why and fix, then the examples, which are long."""
    content = page(rule.id)
    head = (
        f"# {content.title}\n\n`{rule.id}` · {rule.severity} · serves {', '.join(rule.objectives)}"
    )
    examples = "\n\n".join(f"## {e.heading}\n\n```hcl\n{e.hcl}```" for e in content.examples)
    text = f"{head}\n\n{content.why}\n\n## Fix\n\n{content.fix}\n\n{examples}"
    return printed([Markdown(text)], width=min(width, 100), colour=colour)
