"""`pathwarden reach`: one question, a batch of them, and what goes wrong in one line."""

import json

import pytest

LAN = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}
resource "aws_subnet" "web" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_route_table_association" "web" {
  subnet_id      = aws_subnet.web.id
  route_table_id = aws_route_table.out.id
}
variable "office" {}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = [var.office]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.web.id
  private_ip                  = "10.0.1.10"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web.id]
}
"""


SITE = """
version: 1
sites:
  - name: Oslo clinic
    country: "NO"
    prefixes: [10.60.0.0/16]
    people: clinic
"""


@pytest.fixture
def lan(tmp_path):
    (tmp_path / "main.tf").write_text(LAN)
    return tmp_path


@pytest.mark.parametrize(("port", "said"), [(443, "REACHABLE"), (22, "UNKNOWN"), (80, "BLOCKED")])
def test_the_verdict_stands_first(run, lan, port, said):
    done = run("reach", "internet", "web", "--protocol", "tcp", "--port", port, "--on", lan)
    assert done.code == 0
    assert done.out.splitlines()[0] == f"{said}  internet → aws_instance.web, TCP {port}"


def test_every_step_has_its_line(run, lan):
    steps = run("reach", "internet", "web", "--port", "443", "--on", lan).out
    assert "Security group web lets TCP 443 in from 0.0.0.0/0  main.tf:27" in steps
    assert "sends 0.0.0.0/0 to internet gateway main  main.tf:12" in steps


def test_what_is_blocked_says_by_what(run, lan):
    done = run("reach", "internet", "web", "--protocol", "tcp", "--port", "80", "--on", lan)
    assert "other traffic gets there: tcp 22, 443 from 0.0.0.0/0" in done.out
    assert "No rule of security group web lets TCP 80 in  main.tf:27" in done.out


def test_what_cannot_be_told_names_what_decides(run, lan):
    done = run("reach", "internet", "web", "--protocol", "tcp", "--port", "22", "--on", lan)
    assert "cannot tell: it depends on var.office" in done.out
    known = run("reach", "203.0.113.9", "web", "--port", "22", "--on", lan, "--var",
                "office=203.0.113.0/24")  # fmt: skip
    assert known.out.startswith("REACHABLE  203.0.113.9 → aws_instance.web, port 22")


@pytest.mark.parametrize("name", ["web", "aws_instance.web", "10.0.1.10"])
def test_ends_are_named_in_several_ways(run, lan, name):
    assert run("reach", "internet", name, "--port", "443", "--on", lan).out.startswith("REACHABLE")


def test_a_batch_is_answered_in_order(run, lan, tmp_path):
    questions = tmp_path / "facts.json"
    questions.write_text(
        json.dumps([
            {"src": "internet", "dst": "web", "proto": "tcp", "port": 443},
            {"src": "internet", "dst": "10.0.1.10", "proto": "icmp", "port": None},
            {"src": "internet", "dst": "nobody", "proto": "tcp", "port": 1},
            {"src": "internet"},
            "junk",
        ])
    )  # fmt: skip
    said = json.loads(run("reach", "--batch", questions, "--on", lan).out)
    assert [each["verdict"] for each in said] == ["reachable", "blocked", *3 * ["unknown"]]
    assert said[1]["why"] == "No rule of security group web lets ICMP 8:0 in"
    assert said[2]["why"] == "nothing here is called 'internet' or 'nobody'"
    assert said[4]["why"] == "a question is an object with src and dst"


SPELLED = {
    "a port as text": {"src": "internet", "dst": "web", "proto": "TCP", "port": "443"},
    "a port as float": {"src": "internet", "dst": "web", "proto": 6, "port": 443.0},
    "the whole internet": {"src": "0.0.0.0/0", "dst": "10.0.1.10/32", "proto": "6", "port": 443},
    "with white space": {"src": " Internet", "dst": " 10.0.1.10 ", "proto": " tcp ", "port": 443},
    "any protocol": {"src": "internet", "dst": "web", "proto": -1, "port": None},
    "any port": {"src": "internet", "dst": "web", "proto": "tcp", "port": -1},
    "other names": {"source": "internet", "destination": "web", "protocol": "tcp", "port": 443},
    "with more": {"src": "internet", "dst": "web", "proto": "tcp", "port": 443, "seen": [None]},
}


def test_a_batch_may_be_spelled_in_several_ways(run, lan, tmp_path):
    questions = tmp_path / "facts.json"
    questions.write_text(json.dumps(list(SPELLED.values())))
    said = json.loads(run("reach", "--batch", questions, "--on", lan).out)
    verdicts = dict(zip(SPELLED, (each["verdict"] for each in said), strict=True))
    assert verdicts == dict.fromkeys(SPELLED, "reachable")


ODD = (
    None, 7, [], "", {}, {"src": 1, "dst": 2}, {"src": "internet", "dst": "web", "port": "22-443"},
    {"src": "internet", "dst": "web", "port": True}, {"src": "internet", "dst": "web", "port": 1e9},
    {"src": "internet", "dst": "web", "port": [443]}, {"src": "", "dst": ""},
    {"src": "10.0.1.300", "dst": "web"}, {"src": "internet", "dst": "web", "proto": {"tcp": 1}},
    {"src": "internet", "dst": "web", "proto": "tcp", "port": float("nan")},
    {"src": "::/0", "dst": "fe80::1%eth0"}, {"src": "a" * 100_000, "dst": "\u0000"},
)  # fmt: skip


def test_whatever_is_no_question_is_unknown_with_the_reason(run, lan, tmp_path):
    questions = tmp_path / "facts.json"
    questions.write_text(json.dumps(ODD))
    done = run("reach", "--batch", questions, "--on", lan)
    said = json.loads(done.out)
    assert (done.code, len(said)) == (0, len(ODD))
    assert {each["verdict"] for each in said} == {"unknown"}
    assert all(each["why"] for each in said)


def test_a_batch_asks_the_root_module_that_has_the_address(run, tmp_path):
    for name, own in (("dev", "10.0.1.9"), ("prod", "10.0.1.10")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(LAN.replace('"10.0.1.10"', f'"{own}"'))
    questions = tmp_path / "facts.json"
    questions.write_text(
        json.dumps([{"src": "internet", "dst": f"10.0.1.{end}", "proto": "tcp", "port": 443}
                    for end in (9, 10)])
    )  # fmt: skip
    said = json.loads(run("reach", "--batch", questions, "--on", tmp_path).out)
    assert [each["verdict"] for each in said] == ["reachable", "reachable"]


def test_a_ping_of_an_ipv6_address_is_one_of_icmpv6(run):
    six = run("reach", "8.8.8.8", "2001:db8::1", "--protocol", "icmp", "--on", "fixtures/aws/demo")
    assert six.out.splitlines()[0].endswith("2001:db8::1, ICMPV6")


def test_what_is_blocked_says_what_would_open_it(run, lan):
    done = run("reach", "internet", "web", "--protocol", "tcp", "--port", "80", "--on", lan)
    said = "opened by an ingress rule for TCP 80 from 0.0.0.0/0 in security group web"
    assert said in " ".join(done.out.split())


@pytest.mark.parametrize("name", ["10.0.1.0/24", "aws_vpc.main", "aws_subnet.web"])
def test_a_range_is_everything_in_it(run, lan, name):
    lines = run("reach", "internet", name, "--port", "443", "--on", lan).out.splitlines()
    assert lines[0] == f"REACHABLE  internet → {name}, port 443"
    assert lines[1].strip() == "1 pair of 1 reachable"
    assert lines[2].strip() == "internet → web: tcp 22, 443"


def test_an_outside_range_is_a_network_of_others(run, lan):
    done = run("reach", "203.0.113.0/24", "web", "--on", lan, "--var", "office=203.0.113.7/32")
    assert "gets there: tcp 22 from 203.0.113.7/32; tcp 443 from 203.0.113.0/24" in done.out


def test_a_site_says_who_sits_there(run, lan):
    (lan / "pathwarden.yaml").write_text(SITE)
    lines = run("reach", "Oslo clinic", "web", "--on", lan).out.splitlines()
    assert lines[0] == "BLOCKED  site:Oslo clinic → aws_instance.web"
    assert lines[1].strip() == "site Oslo clinic (clinic) in NO: 10.60.0.0/16"


def test_json_has_every_pair_with_its_proof(run, lan):
    done = run("reach", "internet", "aws_vpc.main", "--format", "json", "--on", lan)
    answers = json.loads(done.out)
    assert answers["schema"] == "pathwarden-reach/1"
    (pair,) = answers["answers"]
    assert (pair["verdict"], pair["certain"]) == ("reachable", "tcp 443")
    assert ("main.tf", 27) in {(step["file"], step["line"]) for step in pair["steps"]}
    blocked = run("reach", "internet", "web", "--port", "80", "--format", "json", "--on", lan)
    (blocker,) = json.loads(blocked.out)["answers"][0]["blockers"]
    assert (blocker["file"], blocker["line"]) == ("main.tf", 27)
    assert blocker["opening"].startswith("an ingress rule for TCP 80; UDP 80 from 0.0.0.0/0")


@pytest.mark.parametrize(("expected", "code"), [("blocked", 0), ("reachable", 1), ("unknown", 1)])
def test_an_expectation_decides_the_exit_code(run, lan, expected, code):
    question = ("internet", "web", "--protocol", "tcp", "--port", "80")
    assert run("reach", *question, "--expect", expected, "--on", lan).code == code


def test_one_root_module_can_be_asked_alone(run, lan):
    for name in ("one", "two"):
        (lan / name).mkdir()
        (lan / name / "main.tf").write_text((lan / "main.tf").read_text())
    (lan / "main.tf").unlink()
    question = ("internet", "web", "--port", "443", "--on", lan)
    heads = [line for line in run("reach", *question).out.splitlines() if "REACHABLE" in line]
    assert [head.rpartition(" ")[2] for head in heads] == ["one", "two"]
    alone = run("reach", *question, "--root", "two").out
    assert alone.count("REACHABLE") == 1
    wrong = run("reach", *question, "--root", "three")
    assert (wrong.code, wrong.lines) == (
        2, ["pathwarden: three is no root module here; there is one, two"],
    )  # fmt: skip


def test_a_name_of_several_things_lists_them(run, lan):
    with (lan / "main.tf").open("a") as file:
        file.write(
            """
resource "aws_instance" "web_too" {
  subnet_id = aws_subnet.web.id
  tags      = { Name = "web" }
}
"""
        )
    done = run("reach", "internet", "web", "--on", lan)
    (said,) = done.lines
    listed = "aws_instance.web (main.tf:46), aws_instance.web_too (main.tf:55)"
    assert said == f"pathwarden: 'web' names several things: {listed} (say one in full)"


WRONG = {
    ("internet", "wbe"): "nothing here is called 'wbe' (did you mean web?)",
    ("internet",): "say SOURCE and DESTINATION, or --batch FILE",
    ("internet", "web", "--protocol", "gopher"): (
        "'gopher' is no protocol (choose icmp, tcp, udp, icmpv6 or a number)"
    ),
    ("--batch", "/nonexistent/facts.json"): (
        "/nonexistent/facts.json cannot be read: No such file or directory"
    ),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_cannot_be_asked(run, lan, said):
    done = run("reach", *said, "--on", lan)
    assert (done.code, done.out) == (2, "")
    assert done.lines == [f"pathwarden: {WRONG[said]}"]


def test_sources_that_get_the_same_stand_in_one_line(run):
    done = run("reach", "vpc-hr-east", "vpc-fin-east", "--on", "fixtures/aws/demo")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[:2] == ["REACHABLE  vpc-hr-east → vpc-fin-east", "16 pairs of 16 reachable"]
    (database,) = (line for line in lines if "→ db1-fin-east" in line)
    senders = "db1-hr-east, web1-hr-east, web2-hr-east, nlb-web-hr-east"
    assert database == f"{senders} → db1-fin-east: icmp 8:0; tcp 22, 3306;"


def test_something_is_asked_by_its_public_address(run, lan):
    done = run("reach", "web", "public:web", "--port", "443", "--on", lan)
    ends = "aws_instance.web → public:aws_instance.web"
    assert done.out.splitlines()[0] == f"REACHABLE  {ends}, port 443"
    assert "is asked by its public address: the way is by the internet gateway" in done.out
    known = run("reach", "internet", "public:web1-hr-east", "--on", "fixtures/aws/demo")
    assert known.out.splitlines()[0].startswith(("REACHABLE", "BLOCKED"))
    wrong = run("reach", "internet", "public:Oslo clinic", "--on", lan)
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.lines[0].startswith("pathwarden: nothing here is called 'public:Oslo clinic'")


def test_the_dns_name_of_a_balancer_leads_to_its_public_addresses(run, tmp_path):
    ends = {
        "load-balancers.json": {"LoadBalancers": [
            balancer("front", "internet-facing"), balancer("back", "internal"),
        ]},
        "vpcs.json": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
    }  # fmt: skip
    where = tmp_path / "111122223333" / "eu-west-1"
    where.mkdir(parents=True)
    for name, said in ends.items():
        (where / name).write_text(json.dumps(said))
    for name, goal in (("front", "public:aws_lb.front"), ("back", "aws_lb.back")):
        done = run("reach", "internet", f"{name.upper()}.elb.example.com.", "--on", tmp_path)
        assert done.out.splitlines()[0].split()[3].startswith(goal), done.out + done.err


def balancer(name, scheme):
    arn = f"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/{name}/1"
    return {
        "LoadBalancerArn": arn, "LoadBalancerName": name, "Scheme": scheme, "VpcId": "vpc-1",
        "DNSName": f"{name}.elb.example.com", "Type": "application",
        "AvailabilityZones": [{"SubnetId": "subnet-1"}],
    }  # fmt: skip


PING = """
resource "aws_network_acl" "web" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.web.id]
  ingress {
    rule_no    = 1
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
  egress {
    rule_no    = 1
    action     = "allow"
    protocol   = "icmp"
    from_port  = 0
    to_port    = 0
    icmp_type  = 0
    icmp_code  = 0
    cidr_block = "0.0.0.0/0"
  }
}
resource "aws_security_group_rule" "ping" {
  security_group_id = aws_security_group.web.id
  type              = "ingress"
  protocol          = "icmp"
  from_port         = 8
  to_port           = -1
  cidr_blocks       = ["0.0.0.0/0"]
}
"""


@pytest.mark.parametrize(("port", "said"), [
    (None, "REACHABLE  internet → aws_instance.web, ICMP"),
    ("8", "REACHABLE  internet → aws_instance.web, ICMP 8"),
    ("8:0", "REACHABLE  internet → aws_instance.web, ICMP 8:0"),
    ("8:1", "BLOCKED  internet → aws_instance.web, ICMP 8:1"),
    ("3:4", "BLOCKED  internet → aws_instance.web, ICMP 3:4"),
])  # fmt: skip
def test_messages_of_icmp_are_told_apart(run, lan, port, said):
    """The group takes echo requests, whose replies are all that the network ACL lets out."""
    (lan / "ping.tf").write_text(PING)
    asked = () if port is None else ("--port", port)
    done = run("reach", "internet", "web", "--protocol", "icmp", *asked, "--on", lan)
    assert done.out.splitlines()[0] == said
    if port == "8:1":
        assert "Network ACL web does not let the reply out of subnet web  ping.tf:2" in done.out


@pytest.mark.parametrize("said", ["8:0:0", "8:", ":0", "256", "-1", "ping"])
def test_what_is_no_message(run, lan, said):
    done = run("reach", "internet", "web", "--protocol", "icmp", "--port", said, "--on", lan)
    fix = "choose a type like 8, or type and code like 8:0"
    assert done.lines == [f"pathwarden: {said!r} is no ICMP message ({fix})"]
    tcp = run("reach", "internet", "web", "--port", "8:0", "--on", lan)
    assert tcp.lines == ["pathwarden: '8:0' is no port (choose 0 to 65535)"]
