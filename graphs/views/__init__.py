"""Views of an estate for people: who is where, what joins it, and where the attack paths run.

Input: an estate and its attack paths. Output: a Summary of plain values, and the same as DOT,
Mermaid or SVG text, with every name escaped. Nothing is decided here, and no file is written.
"""

from graphs.views.flowchart import mermaid
from graphs.views.graphviz import dot
from graphs.views.picture import svg
from graphs.views.summary import summarise
from graphs.views.values import Summary

__all__ = ["Summary", "dot", "mermaid", "summarise", "svg"]
