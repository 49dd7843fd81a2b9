"""However the answers of a recorded network lie in files, what was measured is what is said."""

import json
import re
from pathlib import PurePosixPath

import pytest

from scanner.estates import Request, estates
from scanner.reaching import Question, answer, protocol_of
from tests.conformance.test_recorded_networks import NETWORKS

WORDS = {True: "reachable", False: "blocked"}
NULLS = (
    "Association", "Attachment", "CidrBlock", "DestinationPrefixListId", "FromPort", "GatewayId",
    "IamInstanceProfile", "IcmpTypeCode", "Ipv6Addresses", "Ipv6CidrBlockAssociationSet",
    "MetadataOptions", "PortRange", "PublicIpAddress", "SubnetId", "Tags", "UserIdGroupPairs",
)  # fmt: skip


def recorded(network):
    """The answers of a network by path, without empty ones, and its facts."""
    root = NETWORKS / network
    files = {
        str(path.relative_to(root)): json.loads(path.read_text())
        for path in sorted(root.rglob("*.json"))
        if path.name != "facts.json"
    }
    return files, json.loads((root / "facts.json").read_text())


def verdicts(root, facts):
    """What is said of each fact, with the reason."""
    (read,) = estates(Request(root))
    for fact in facts:
        question = Question(fact["src"], fact["dst"], protocol_of(fact["proto"]), fact["port"])
        asked = answer(read.estate, question)
        yield fact, asked.word.value, asked.why


def kebab(path):
    """`VpcPeeringConnections.json` as the command is called that prints it."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", PurePosixPath(path).stem).lower()
    named = {"reservations": "instances", "rds-instances": "db-instances"}
    return f"describe-{named.get(name, name)}"


def pages(content):
    """One document for each item of the list that it holds, as small pages have it."""
    (name, items), *_ = content.items()
    return [
        {name: [each], **({"NextToken": "more"} if number < len(items) else {})}
        for number, each in enumerate(items, 1)
    ] or [content]


def nulled(value):
    """The same with members that are not set written as null."""
    if isinstance(value, list):
        return [nulled(each) for each in value]
    if isinstance(value, dict):
        return {**dict.fromkeys(NULLS), **{k: nulled(v) for k, v in value.items()}}
    return value


def gathered(files, name_of):
    """Several answers in one file, each under a name."""
    found = {}
    for path, content in files.items():
        home = f"{PurePosixPath(path).parent}.json"
        found.setdefault(home, {}).update(name_of(path, content))
    return found


def renamed(files, name_of):
    """The same files under other names."""
    return {name_of(path): content for path, content in files.items()}


def nested(files):
    """All in one file: answers by account, region and command."""
    whole = {}
    for path, content in files.items():
        level = whole
        for step in PurePosixPath(path).parent.parts:
            level = level.setdefault(step, {})
        level[kebab(path)] = content
    return {"all.json": whole}


def written(files, text_of):
    """The same files, written in another way."""
    return {path: text_of(content) for path, content in files.items()}


def lines(content):
    """A document a line."""
    return "\n".join(json.dumps(page) for page in pages(content)).encode()


LAYOUTS = {
    "named as commands": lambda f: renamed(f, lambda p: f"{p.rpartition('/')[0]}/{kebab(p)}.json"),
    "numbered": lambda f: dict(zip((f"{p.rpartition('/')[0]}/{i}.json" for i, p in enumerate(f)),
                                   f.values(), strict=True)),
    "upper case": lambda f: renamed(f, str.upper),
    "in no directory": lambda f: renamed(f, lambda p: p.replace("/", "_")),
    "a file for each page": lambda f: {
        f"{p}-{i}.json": page for p, content in f.items() for i, page in enumerate(pages(content))
    },
    "a document a line": lambda f: written(renamed(f, lambda p: f"{p}l"), lines),
    "documents after each other": lambda f: written(
        f, lambda c: "".join(json.dumps(page, indent=4) for page in pages(c)).encode()
    ),
    "a list of pages": lambda f: {p: pages(content) for p, content in f.items()},
    "bare lists": lambda f: {p: next(iter(content.values())) for p, content in f.items()},
    "a file for each region": lambda f: gathered(f, lambda _, content: content),
    "by command": lambda f: gathered(f, lambda p, content: {kebab(p): content}),
    "by account and region": nested,
    "with a byte order mark": lambda f: written(
        f, lambda c: b"\xef\xbb\xbf" + json.dumps(c, indent=4).replace("\n", "\r\n").encode()
    ),
    "in UTF-16": lambda f: written(f, lambda c: json.dumps(c).encode("utf-16")),
    "with null for what is not set": lambda f: written(f, lambda c: json.dumps(nulled(c)).encode()),
    "with what the tools add": lambda f: {
        p: {**content, "ResponseMetadata": {"HTTPStatusCode": 200}, "NextToken": None}
        for p, content in f.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("network", ["multi_account_vpc_peering_tgw", "vpc_endpoints"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_answers_may_lie_in_any_way(layout, network, tmp_path):
    files, facts = recorded(network)
    for path, content in LAYOUTS[layout](files).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    wrong = [
        (fact, word, why)
        for fact, word, why in verdicts(tmp_path, facts)
        if word != WORDS[fact["reachable"]]
    ]
    assert wrong == []
