"""The graph of an estate as files that other programs read: node-link JSON and GraphML.

Input: rows. Output: text, under the vocabulary of docs/graph.md. Equal rows give equal text.
"""

import json
from collections.abc import Iterator, Mapping

from graphs.views.rows import Claim, EdgeRow, NodeRow, Rows

VOCABULARY = 1
"""Rises when a word of the vocabulary changes its meaning or goes; new words may come at any
time."""


def node_link(graph: Rows) -> str:
    """The form that `networkx.node_link_graph(data, edges="edges")` reads, a line per element.

    Everything but ASCII is escaped, and so is what would steer a terminal.
    """
    head = {
        "vocabulary": VOCABULARY,
        "roots": graph.roots,
        "gaps": graph.gaps,
    }
    lines = [
        '{"directed": true, "multigraph": true,',
        f'"graph": {json.dumps(head)},',
        '"nodes": [',
        ",\n".join(json.dumps(_node(each)) for each in graph.nodes),
        '],\n"edges": [',
        ",\n".join(json.dumps(_edge(each)) for each in graph.edges),
        "]}",
    ]
    return "\n".join(lines) + "\n"


def graphml(graph: Rows) -> str:
    """GraphML in which every attribute is a scalar: what is a list has a line per element.

    The key of an edge is its attribute `edge_key`, since `key` is a word of networkx's readers.
    """
    import networkx as nx

    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    flat.graph["vocabulary"] = VOCABULARY
    flat.graph |= {"roots": "\n".join(graph.roots), "gaps": "\n".join(graph.gaps)}
    for node in graph.nodes:
        flat.add_node(node.id, **_flat(_node(node), "id"))
    for number, edge in enumerate(graph.edges):
        # GraphML wants ids of edges to be unique in the whole file.
        flat.add_edge(
            edge.source,
            edge.target,
            f"e{number}",
            edge_key=edge.key,
            **_flat(_edge(edge), "source", "target", "key"),
        )
    return "\n".join(nx.generate_graphml(flat)) + "\n"


def _node(node: NodeRow) -> dict[str, object]:
    return {
        "id": node.id,
        "address": node.address,
        "root": node.root,
        "kind": node.kind,
        "label": node.label,
        "type": node.type,
        "place": node.place,
    }


def _edge(edge: EdgeRow) -> dict[str, object]:
    proof = {} if edge.evidence is None else {"evidence": [_claim(c) for c in edge.evidence]}
    return {
        "source": edge.source,
        "target": edge.target,
        "key": edge.key,
        "relation": edge.relation,
        "answer": edge.answer,
        "because": list(edge.because),
        "allows": edge.allows,
        "gives": edge.gives,
        "needs": list(edge.needs),
        **proof,
    }


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "claim": claim.claim,
        "resource": claim.resource,
        "attribute": claim.attribute,
        "place": claim.place,
        "assumes": list(claim.assumes),
    }


def _flat(attributes: Mapping[str, object], *without: str) -> dict[str, str]:
    return {
        name: "\n".join(_lines(value)) for name, value in attributes.items() if name not in without
    }


def _lines(value: object) -> Iterator[str]:
    """Claims read `claim (place)`; what they assume is left to the JSON."""
    if not isinstance(value, list):
        yield str(value)
        return
    for each in value:
        if isinstance(each, dict):
            place = each["place"] or each["resource"]
            yield f"{each['claim']} ({place})" if place else str(each["claim"])
        else:
            yield str(each)
