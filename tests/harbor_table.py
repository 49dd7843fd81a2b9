"""The tables of Harbor's README: paths and decoys with the edit that turns each over, findings."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import yaml

from scanner.config import load_config
from scanner.pipeline import Request, scan
from scanner.result import Path as AttackPath
from scanner.result import Result

HARBOR = Path(__file__).parents[1] / "fixtures" / "terraform" / "harbor"


@dataclass(frozen=True, slots=True)
class Row:
    """One path or decoy; `before` stands once in `file`, and `after` instead turns it over."""

    id: str
    kind: str
    entry: str
    target: str
    loses: str
    story: str
    file: str
    before: str
    after: str
    cut: str

    def names(self, path: AttackPath) -> bool:
        """Whether a path is the one of this row: its entry, its class and its target."""
        return (path.entry, path.loses) == (entries()[self.entry], self.loses) and any(
            within(address, self.target) for address in self.lost(path)
        )

    def lost(self, path: AttackPath) -> set[str]:
        """What a path arrives at. An administrator is a target by what the account gives it, so
        there it is whoever the path becomes."""
        return passed(path) if self.loses == "administrator" else {path.target_address}


def rows() -> list[Row]:
    """The rows of the table, in its order."""
    lines = (HARBOR / "README.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    found = [each for each in cells if len(each) == 10 and each[1] in ("path", "decoy")]
    return [Row(*each[:7], *(text.strip("`") for text in each[7:])) for each in found]


def faulty() -> set[str]:
    """The resources and module calls that have ordinary findings, of the second table."""
    _, table = (HARBOR / "README.md").read_text().split("## Ordinary findings")
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if " | " in line]
    return {address for cells in lines[1:] for address in cells[0].split(", ")}


def entries() -> dict[str, str]:
    """How a report names the entries of the table."""
    declared = yaml.safe_load((HARBOR / "pathwarden.yaml").read_text())
    sites = {s["name"]: f"the {s['name']} LAN ({s['country']})" for s in declared["sites"]}
    others = {f"account {o['account']}": o["name"] for o in declared["outsiders"]}
    return {"internet": "the internet"} | sites | others


def within(address: str, target: str) -> bool:
    """Whether an address is the target or in it, where the target is a module call."""
    return address == target or address.startswith(f"{target}.")


def passed(path: AttackPath) -> set[str]:
    """The addresses that a path's proof names."""
    return {proof.resource for hop in path.hops for proof in hop.proof}


def edited(directory: Path, *edits: Row) -> Path:
    """A copy of the estate in the directory, with these rows turned over."""
    home = copytree(HARBOR, directory / "harbor")
    for row in edits:
        text = (home / row.file).read_text()
        assert text.count(row.before) == 1, f"{row.id}: {row.before}"
        (home / row.file).write_text(text.replace(row.before, row.after))
    return home


def scanned(home: Path) -> Result:
    """What a scan says of an estate."""
    return scan(Request(path=home, config=load_config(home), environ={}))
