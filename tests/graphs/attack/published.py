"""The published ways of becoming somebody else, as estates: the ways themselves and near misses.

Reads tests/tables/techniques.yaml, whose head says what its rows are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

TABLE = Path(__file__).parents[2] / "tables" / "techniques.yaml"
EVE, BOSS = "eve", "aws_iam_role.boss"
ALL, LITTLE = '"*"', '"s3:ListAllMyBuckets"'
FEDERATED = "sts:AssumeRoleWithWebIdentity"
_TRUSTS = {
    "account": '{ AWS = "arn:aws:iam::111111111111:root" }',
    "nobody": '{ AWS = "arn:aws:iam::111111111111:role/gone" }',
    "eve with a second factor": '{ AWS = "arn:aws:iam::111111111111:user/eve" }',
    "cognito": '{ Federated = "cognito-identity.amazonaws.com" }',
}
_CONDITIONS = {
    "eve with a second factor": '{ Bool = { "aws:MultiFactorAuthPresent" = "true" } }',
    "cognito": """{ StringEquals = {
      "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.victim.id
    } }""",
}
_OTHER_SERVICE = "backup.amazonaws.com"


@dataclass(frozen=True)
class Case:
    """One estate: a row of the table, or a near miss of one."""

    row: dict[str, object]
    actions: tuple[str, ...]
    resources: dict[str, str] = field(default_factory=dict)
    there: tuple[str, ...] = ()
    boss: str = ""
    boss_may: str = ALL
    condition: str = ""
    more: str = ""

    @property
    def eve(self) -> str:
        """Her address."""
        return f"aws_iam_{self.row.get('as', 'user')}.eve"

    def text(self) -> str:
        """The estate as Terraform."""
        pieces = [_table()["there"][name] for name in self.there]
        return "\n".join((self._eve(), self._boss(), *pieces)).replace("BOSS_MAY", self.boss_may)

    def _eve(self) -> str:
        kind, bound = self.row.get("as", "user"), ""
        if "boundary of eve" in self.there:
            bound = "permissions_boundary = aws_iam_policy.bound.arn"
        if kind == "role":
            bound += f"\n  assume_role_policy = jsonencode({{ Statement = [{_trust('nobody')}] }})"
        said = ", ".join(self._statement(action) for action in self.actions)
        key = 'resource "aws_iam_access_key" "eve" {\n  user = aws_iam_user.eve.name\n}'
        return f"""
resource "aws_iam_{kind}" "eve" {{
  name = "eve"
  {bound}
}}
resource "aws_iam_{kind}_policy" "eve" {{
  {kind}   = aws_iam_{kind}.eve.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {self.more} {said}
  ] }})
}}
{key if kind == "user" else ""}
"""

    def _statement(self, action: str) -> str:
        on = self.resources.get(action, "*")
        condition = self.condition if action == "iam:PassRole" else ""
        return f'{{ Effect = "Allow", Action = "{action}", Resource = "{on}"{condition} }}'

    def _boss(self) -> str:
        if not self.boss:
            return ""
        bound = ""
        if "boundary of boss" in self.there:
            bound = "permissions_boundary = aws_iam_policy.bound.arn"
        return f"""
resource "aws_iam_role" "boss" {{
  name = "boss"
  {bound}
  assume_role_policy = jsonencode({{ Statement = [{_trust(self.boss)}] }})
}}
resource "aws_iam_role_policy" "boss" {{
  role   = aws_iam_role.boss.name
  policy = jsonencode({{ Statement = [{{
    Effect = "Allow", Action = {self.boss_may}, Resource = "*"
  }}] }})
}}
"""


def _trust(boss: str) -> str:
    whom = _TRUSTS.get(boss) or f'{{ Service = "{boss}" }}'
    condition = f", Condition = {_CONDITIONS[boss]}" if boss in _CONDITIONS else ""
    action = FEDERATED if boss == "cognito" else "sts:AssumeRole"
    return f'{{ Effect = "Allow", Action = "{action}", Principal = {whom} {condition} }}'


@cache
def _table() -> dict[str, object]:
    return yaml.safe_load(TABLE.read_text())


def rows() -> dict[str, dict[str, object]]:
    """The rows by id."""
    return {row["id"]: row for row in _table()["rows"]}


def way(row: dict[str, object]) -> Case:
    """The estate in which the published way works."""
    return Case(
        row=row,
        actions=tuple(row["may"]),
        there=tuple(row.get("there", ())),
        boss=row.get("boss", ""),
        boss_may=LITTLE if row.get("boss may") == "little" else ALL,
        more=row.get("more", ""),
        resources=row.get("limited to", {}),
    )


def exactly(row: dict[str, object]) -> Case:
    """The same with permissions for exactly what is there."""
    arns = _table()["arns"]
    named = {action: arns[action] for action in row["may"] if action in arns}
    return replace(way(row), resources={**named, **row.get("limited to", {})})


def near_misses(row: dict[str, object]) -> Iterator[tuple[str, Case]]:
    """Estates that differ in one thing, in which it does not."""
    whole, exact = way(row), exactly(row)
    needless = row.get("needless", ())
    for action in whole.actions:
        if action not in needless:
            kept = tuple(each for each in whole.actions if each != action)
            yield f"without {action}", replace(whole, actions=kept)
    for action, arn in exact.resources.items():
        if (
            action not in needless
            and action not in row.get("limited to", {})
            and _is_there(row, action)
        ):
            on = {**exact.resources, action: _other(arn)}
            yield f"{action} on something else", replace(exact, resources=on)
    first = next((a for a in whole.actions if a not in needless), None)
    if first:
        denied = f'{{ Effect = "Deny", Action = "{first}", Resource = "*" }}, {whole.more}'
        yield f"{first} denied", replace(whole, more=denied)
    yield from _of_boss(whole)


def _is_there(row: dict[str, object], action: str) -> bool:
    """Whether an action is done to what is there, and not to something new."""
    new = any(str(by).startswith("pass-role-to-") for by in row.get("by", ()))
    return action == "iam:PassRole" or not new or ":Update" in action


def _other(arn: str) -> str:
    return arn.replace("victim", "other").replace("boss", "other").replace("adam", "other")


def _of_boss(whole: Case) -> Iterator[tuple[str, Case]]:
    for name in whole.there:
        if not name.startswith(("two keys", "boundary")) and whole.boss != "cognito":
            left = tuple(each for each in whole.there if each != name)
            if not _needed(name, left):
                yield f"no {name}", replace(whole, there=left)
    if "boss may" not in whole.row and (whole.boss or "adam" in whole.there):
        yield "a boss who may do little", replace(whole, boss_may=LITTLE)
    if "iam:PassRole" in whole.actions:
        yield "a boss who trusts another service", replace(whole, boss=_OTHER_SERVICE)
        only = (
            f', Condition = {{ StringEquals = {{ "iam:PassedToService" = "{_OTHER_SERVICE}" }} }}'
        )
        yield "passing to another service only", replace(whole, condition=only)


def _needed(name: str, left: tuple[str, ...]) -> bool:
    """Whether what is left names it."""
    return any(_NAMES[name] in _table()["there"][each] for each in left if name in _NAMES)


_NAMES = {
    "adam": "aws_iam_user.adam",
    "a user": "aws_iam_user.adam",
    "profile of boss": "aws_iam_instance_profile.boss",
    "profile of another": "aws_iam_instance_profile.low",
    "database": "aws_db_instance.victim",
    "machine": "aws_instance.victim",
    "Windows machine": "tls_private_key.v",
    "machine with a key": "tls_private_key.v",
}
