"""Breaches of small estates drawn at random: what is reached equals brute force, and after the
containment no more follows than lay with the thing."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.attack.breach import Breach, contain
from graphs.attack.changes import without
from graphs.attack.derivables import derivables, hidden
from graphs.attack.facts import Fact, Holds
from graphs.attack.taking import first_fact, in_power
from graphs.build import build_estate
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from scanner.terraform.evaluate import evaluate_root
from scanner.tree import Directory

ROLES, BUCKETS, HOSTS = range(3), range(2), range(2)
NAMES = count()

NETWORK = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
variable "who" {}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_access_key" "u" {
  user = aws_iam_user.u.name
}
resource "random_password" "p" {
  length = 20
}
resource "aws_db_instance" "d" {
  identifier             = "customers"
  engine                 = "postgres"
  password               = random_password.p.result
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.d.id]
}
resource "aws_db_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.s.id]
}
resource "aws_security_group" "d" {
  name   = "d"
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.0.0.0/16"]
  }
}
resource "aws_ssm_parameter" "p" {
  name  = "/p"
  type  = "SecureString"
  value = SECRET
}
"""


def statement(actions, resources):
    listed = ", ".join(f'"{each}"' for each in actions)
    return f'{{ Effect = "Allow", Action = [{listed}], Resource = [{", ".join(resources)}] }}'


def document(statements):
    return f"jsonencode({{ Statement = [{', '.join(statements)}] }})"


@st.composite
def estates(draw_from):
    """Text of an estate: who trusts whom, who reads and rules what, what reaches what."""
    secret = draw_from(
        st.sampled_from(("random_password.p.result", "aws_iam_access_key.u.secret", '"x"'))
    )
    text = NETWORK.replace("SECRET", secret)
    for n in BUCKETS:
        text += f'resource "aws_s3_bucket" "b{n}" {{\n  bucket = "acme-customers-{n}"\n}}\n'
    for n in ROLES:
        text += role(draw_from, n)
    for n in HOSTS:
        text += host(draw_from, n)
    return text + policy(draw_from, "user", "u")


def role(draw_from, n):
    others = st.sets(st.sampled_from([*(f"role{m}" for m in ROLES if m != n), "var"]), max_size=2)
    names = {"var": "var.who", **{f"role{m}": f"aws_iam_role.r{m}.arn" for m in ROLES if m < n}}
    trusted = [names[each] for each in sorted(draw_from(others)) if each in names]
    machines = '{ Service = "ec2.amazonaws.com" }'
    says = [f'{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {machines} }}']
    if trusted:
        who = ", ".join(trusted)
        says.append(
            f'{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = [{who}] }} }}'
        )
    made = f'resource "aws_iam_role" "r{n}" {{\n  name = "r{n}"\n'
    made += f"  assume_role_policy = {document(says)}\n}}\n"
    made += f'resource "aws_iam_instance_profile" "r{n}" {{\n  name = "r{n}"\n'
    return made + f"  role = aws_iam_role.r{n}.name\n}}\n" + policy(draw_from, "role", f"r{n}")


def policy(draw_from, kind, name):
    read = [f"aws_s3_bucket.b{n}.arn" for n in BUCKETS if draw_from(st.booleans())]
    says = []
    if read:
        things = [*read, *(f'"${{{each}}}/*"' for each in read)]
        says.append(statement(("s3:GetObject", "s3:ListBucket"), things))
    if draw_from(st.booleans()):
        says.append(statement(("ssm:GetParameter",), ['"*"']))
    power = draw_from(st.sampled_from(("none", "none", "assume", "rule", "attach")))
    actions = {"assume": ("sts:AssumeRole",), "rule": ("*",), "attach": ("iam:AttachUserPolicy",)}
    says += [statement(actions[power], ['"*"'])] if power in actions else []
    if not says:
        return ""
    body = f"  {kind}   = aws_iam_{kind}.{name}.name\n  policy = {document(says)}\n"
    return f'resource "aws_iam_{kind}_policy" "{name}" {{\n{body}}}\n'


def host(draw_from, n):
    source = draw_from(st.sampled_from(('"10.0.0.0/16"', '"192.0.2.0/24"', "var.who")))
    group = f"""
resource "aws_security_group" "h{n}" {{
  name   = "h{n}"
  vpc_id = aws_vpc.v.id
  ingress {{
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = [{source}]
  }}
  egress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }}
}}
"""
    profile = f"aws_iam_instance_profile.r{draw_from(st.sampled_from(ROLES))}.name"
    return (
        group
        + f"""
resource "aws_instance" "h{n}" {{
  ami                    = "ami-1"
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.h{n}.id]
  iam_instance_profile   = {profile}
}}
"""
    )


def read(directory, text):
    home = directory / str(next(NAMES))
    home.mkdir()
    (home / "main.tf").write_text(text)
    found = evaluate_root(Directory(home), ".", environ={})
    return build_estate(found.resources)


def follows(steps, start):
    """The closure, by asking every step until none adds anything."""
    known = {start}
    while more := {s.conclusion for s in steps if known.issuperset(s.premises)} - known:
        known |= more
    return known


def every_step(estate):
    return [*derivables(estate), *hidden(estate), *in_power(estate)]


STARTS = ("aws_instance.h0", "aws_iam_role.r0", "aws_iam_access_key.u", "aws_ssm_parameter.p")


def starts(estate):
    by_id = estate.index.by_id
    return [
        *(first_fact(by_id[name]) for name in STARTS),
        Fact(Holds.RULES, "account:111111111111"),
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("estates")


@settings(max_examples=25)
@given(text=estates())
def test_what_is_reached_is_what_follows_by_brute_force(home, text):
    estate = read(home, text)
    steps = every_step(estate)
    sure = [step for step in steps if step.answer.certain]
    for start in starts(estate):
        found = Breach(estate, start).reached
        assert {each.fact for each in found} | {start} == follows(steps, start)
        certain = {each.fact for each in found if each.answer.certain}
        assert certain | {start} == follows(sure, start)


@settings(max_examples=25)
@given(text=estates())
def test_the_steps_of_each_gain_derive_it_in_their_order(home, text):
    estate = read(home, text)
    for start in starts(estate):
        before = {start}
        for each in Breach(estate, start).reached:
            known = {start}
            for step in each.steps:
                assert known.issuperset(step.premises)
                known.add(step.conclusion)
            assert each.fact in known
            assert before.issuperset(each.steps[-1].premises) or each.answer.undecided
            before.add(each.fact)


@settings(max_examples=25)
@given(text=estates(), certain=st.booleans())
def test_after_the_containment_no_more_follows_than_lay_there(home, text, certain):
    estate = read(home, text)
    for start in starts(estate):
        breach = Breach(estate, start)
        found = contain(breach, certain)
        assert found.cut.proven
        after = changed(estate, [stage.change for stage in found.cut.stages])
        held = {each.fact for each in breach.held} | {start}
        held |= {each.target.fact for each in found.stuck}
        left = Breach(after, start).reached
        follow = {each.fact for each in left if each.answer.certain or not certain}
        assert follow <= held


def changed(estate, changes):
    """The estate drawn anew after some changes."""
    index = without(estate.index, changes)
    network, permissions = Network(index), Permissions(index)
    graph = draw_powers(draw(index, network, permissions))
    return replace(estate, index=index, network=network, permissions=permissions, graph=graph)
