"""A small result made by hand: what reports are given, whatever scans come to say."""

import pytest

from graphs.views.values import (
    Arrow,
    Lan,
    Link,
    PathLine,
    Principal,
    Service,
    Store,
    Summary,
    Wan,
)
from scanner.result import (
    SCHEMA,
    Change,
    Choke,
    Coverage,
    Cut,
    Finding,
    Framework,
    Gap,
    Hop,
    Owner,
    Path,
    Proof,
    Requirement,
    Result,
    Root,
    Stuck,
    Tool,
    Unknown,
    View,
)

REACHES = Hop(
    technique="exploit-public-service",
    title="Exploit a service that the internet can reach",
    attack=("T1190",),
    plausibility=0.32,
    why="Internet-facing services are probed all day.",
    says="Anyone on the internet reaches the instance web on tcp 443 and exploits what it runs",
    mend="close tcp 443 of web to the internet",
    proof=(
        Proof("web has a public address", "aws_instance.web", "public_ip", "main.tf", 17),
        Proof(
            "Security group web lets TCP 443 in from 0.0.0.0/0",
            "module.web.aws_security_group.this",
            "ingress[0]",
            "modules/web/main.tf",
            37,
            call="main.tf:30",
            assumes=("var.office (variable without a value)",),
        ),
        Proof("The default network ACL lets everything through", "", "", "", 0),
    ),
)
READS = Hop(
    technique="read-bucket",
    title="Read a bucket",
    attack=("T1530",),
    plausibility=0.9,
    why="The permission is there; reading is one call.",
    says="Role web reads the bucket acme-customers",
    mend="take s3:GetObject on acme-customers from role web",
    proof=(
        Proof("Policy web allows s3:GetObject", "aws_iam_role_policy.web", "policy", "main.tf", 77),
    ),
    likewise=("Role batch reads the bucket acme-customers",),
)


def finding(**changes):
    """A finding, but for what is said."""
    usual = {
        "rule": "bucket-not-versioned",
        "severity": "medium",
        "verdict": "violated",
        "subject": "aws_s3_bucket.customers",
        "fingerprint": "0123456789abcdef0123",
        "title": "A bucket forgets what is overwritten",
        "because": "What is overwritten or deleted in the bucket acme-customers is gone for good.",
        "fix": "Switch versioning on.",
        "root": ".",
        "file": "main.tf",
        "line": 99,
        "call": "",
        "proof": (),
        "unknowns": (),
        "path": "",
    }
    return Finding(**usual | changes)


PATH = Path(
    id="path-d300061c71",
    root=".",
    severity="critical",
    verdict="violated",
    entry="the internet",
    entry_kind="internet",
    target="customer data in acme-customers",
    target_address="aws_s3_bucket.customers",
    loses="customer",
    likelihood=0.288,
    impact=8.0,
    hops=(REACHES, READS),
    rule="path-to-customer-data",
    owners=(Owner("shop-team", "Team", "aws_s3_bucket.customers"),),
)
WEB, ROLE, STORE = "module.web.aws_instance.this[0]", "aws_iam_role.web", "aws_s3_bucket.customers"
SUMMARY = Summary(
    name="estate",
    lans=(
        Lan(
            "aws_vpc.main", "main", ("10.0.0.0/16",), "eu-west-1", 1,
            (Service(WEB, "web", "instance"),), (),
        ),
    ),
    wans=(Wan("internet", "internet", "internet"),),
    sites=(),
    links=(Link("aws_vpc.main", "internet", ("0.0.0.0/0",)),),
    services=(),
    stores=(
        Store(STORE, "acme-customers", "bucket", ("customer",)),
        Store("aws_s3_bucket.logs", "acme-logs", "bucket", ("audit",)),
    ),
    accounts=(),
    principals=(Principal(ROLE, "web", "role"),),
    paths=(
        PathLine(
            1, PATH.id, ("internet", WEB, ROLE, STORE),
            (Arrow("internet", WEB, REACHES.says), Arrow(ROLE, STORE, READS.says)),
            "customer", True, 0.288, 8.0,
        ),
    ),
)  # fmt: skip


CHANGE = Change(
    REACHES.mend,
    "modules/web/main.tf",
    37,
    "main.tf:30",
    (PATH.id,),
    ".",
    kind="close-port",
    cost=1.0,
    share=1.0,
    resource="module.web.aws_security_group.web",
)
STUCK = Stuck("the internet", "the secret token", ("Whoever asks is told",))
CHOKE = Choke("module.web.aws_instance.web", "web", (PATH.id,), 1.0)


@pytest.fixture
def small():
    """One path, two findings, an open question, a gap, a duty."""
    return Result(
        schema=SCHEMA,
        tool=Tool("pathwarden", "0.1.0"),
        coverage=Coverage(
            "estate", True, 3, 120, (Root(".", 3, 120, 11, 14, 30),), ("path-to-customer-data",)
        ),
        findings=(
            finding(
                rule=PATH.rule,
                severity="critical",
                title="An attack path leads to customer data",
                because="The internet reaches customer data.",
                fingerprint="1123456789abcdef0123",
                path=PATH.id,
            ),
            finding(),
            finding(
                rule="ssh-open-to-internet",
                severity="high",
                verdict="cannot-tell",
                subject="module.web.aws_instance.this[0]",
                because="Anyone on the internet may be able to open SSH to web.",
                fingerprint="2123456789abcdef0123",
                call="main.tf:30",
                file="modules/web/main.tf",
                line=91,
                unknowns=("var.office (variable without a value)",),
            ),
        ),
        paths=(PATH,),
        unknowns=(
            Unknown(
                "var.office", "variable without a value", "main.tf", 59, 1,
                "set it: --var office=...",
            ),
        ),
        gaps=(
            Gap(
                "syntax-error", "expected an expression, found '='",
                "what the file defines is not known", "broken.tf", 2, "", ".",
            ),
        ),
        frameworks=(
            Framework(
                "pci-dss-4.0.1", "PCI DSS", "v4.0.1",
                (
                    Requirement(
                        "7.2.1", "Access follows need", "broken", (), (PATH.rule,),
                        ("1123456789abcdef0123",), (),
                    ),
                    Requirement("9.1.1", "Doors are locked", "not-checkable", (), (), (), ()),
                ),
            ),
        ),
        first=(CHANGE,),
        views=(View(".", 1, SUMMARY),),
        cuts=(Cut(".", "violated", 1.0, 1.0, True, (CHANGE,), (STUCK,), (CHOKE,)),),
    )  # fmt: skip
