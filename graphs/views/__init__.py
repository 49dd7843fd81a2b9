"""Views of an estate for people: who is where, what joins it, and where the attack paths run.

Input: an estate and its attack paths. Output: a Summary of plain values, and the same as DOT,
Mermaid or SVG text, with every name escaped; also the whole graph as node-link JSON and GraphML.
Nothing is decided here, and no file is written. Import from the modules: a scan needs the Summary
alone, and loads no drawing.
"""
