"""From a container onto its machine and back: what leads there, and what is in the way."""

import pytest

from graphs.attack.changes import Kind
from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths
from graphs.estate import Relation

WEB, HOST = "aws_ecs_service.web", "aws_instance.host"
MACHINE = "aws_iam_role.machine"

ESTATE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "shut" {
  name   = "shut"
  vpc_id = aws_vpc.main.id
}
resource "aws_ecs_cluster" "c" {
  name = "shop"
}
resource "aws_instance" "host" {
  count                       = <COUNT>
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.a.id
  vpc_security_group_ids      = [aws_security_group.shut.id]
  associate_public_ip_address = false
  iam_instance_profile        = aws_iam_instance_profile.machine.name
  user_data                   = <<-END
    #!/bin/bash
    echo ECS_CLUSTER=<CLUSTER> >> /etc/ecs/ecs.config
    <START>
  END
  metadata_options {
    http_tokens                 = "<TOKENS>"
    http_put_response_hop_limit = <HOPS>
  }
}
resource "aws_iam_instance_profile" "machine" {
  name = "machine"
  role = aws_iam_role.machine.name
}
resource "aws_iam_role" "machine" {
  name               = "machine"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "machine" {
  role   = aws_iam_role.machine.name
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::customer-list/*"
  }] })
}
resource "aws_s3_bucket" "loot" {
  bucket = "customer-list"
}
resource "aws_ecs_service" "web" {
  name                = "web"
  cluster             = aws_ecs_cluster.c.id
  task_definition     = aws_ecs_task_definition.web.arn
  launch_type         = "<LAUNCH>"
  scheduling_strategy = "<STRATEGY>"
  network_configuration {
    subnets          = [aws_subnet.a.id]
    security_groups  = [aws_security_group.web.id]
    assign_public_ip = true
  }
}
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  network_mode          = "<NETWORK>"
  pid_mode              = <PID>
  container_definitions = jsonencode([{
    name         = "web"
    image        = "nginx"
    portMappings = [{ containerPort = 80 }]
    <CONTAINER>
  }])
  volume {
    name      = "v"
    host_path = "<PATH>"
  }
}
"""
PLAIN = {
    "COUNT": "1",
    "CLUSTER": "${aws_ecs_cluster.c.name}",
    "START": "",
    "TOKENS": "required",
    "HOPS": "1",
    "LAUNCH": "EC2",
    "STRATEGY": "REPLICA",
    "NETWORK": "awsvpc",
    "PID": "null",
    "CONTAINER": "",
    "PATH": "/var/run/docker.sock",
}
TRACE = 'linuxParameters = { capabilities = { add = ["SYS_PTRACE"] } }'
SOCKET = 'mountPoints = [{ sourceVolume = "v", containerPath = "/s"%s }]'
OUT, ASK, BACK = "leave-container", "ask-metadata-of-machine", "enter-container-from-machine"

CASES = {
    "an ordinary container": ({}, set()),
    "one with all privileges": ({"CONTAINER": "privileged = true"}, {OUT}),
    "one that may trace the machine's processes": ({"CONTAINER": TRACE, "PID": '"host"'}, {OUT}),
    "one that may trace its own": ({"CONTAINER": TRACE}, set()),
    "one that sees the machine's processes": ({"PID": '"host"'}, set()),
    "one that loads modules": ({"CONTAINER": TRACE.replace("PTRACE", "MODULE")}, {OUT}),
    "one with the socket of the engine": ({"CONTAINER": SOCKET % ""}, {OUT}),
    "one that may only read the machine's files": (
        {"CONTAINER": SOCKET % ", readOnly = true", "PATH": "/"},
        set(),
    ),
    "one with a directory of its own": ({"CONTAINER": SOCKET % "", "PATH": "/data"}, set()),
    "a volume that nobody mounts": ({"PATH": "/"}, set()),
    "metadata without a token": ({"TOKENS": "optional"}, {ASK}),
    "metadata within two hops": ({"HOPS": "2"}, {ASK}),
    "metadata on the machine's own network": ({"NETWORK": "host"}, {ASK}),
    "metadata behind a rule of the machine's": (
        {"TOKENS": "optional", "START": "iptables -I DOCKER-USER -d 169.254.169.254 -j DROP"},
        set(),
    ),
    "a cluster of a longer name": (
        {"CLUSTER": "${aws_ecs_cluster.c.name}-test", "CONTAINER": "privileged = true"},
        None,
    ),
    "no machine at all": ({"LAUNCH": "FARGATE", "CONTAINER": "privileged = true"}, None),
}


def estate_of(**said):
    text = ESTATE
    for name, value in {**PLAIN, **said}.items():
        text = text.replace(f"<{name}>", value)
    return text


def ways(estate):
    """What leads from container to machine for certain, and whether anything leads back."""
    calls = [edge for edge in estate.edges(Relation.MAY_CALL) if edge.answer.certain]
    out = {edge.allows for edge in calls if edge.source == WEB}
    return out if any(edge.allows == BACK for edge in calls) else None


@pytest.mark.parametrize("case", CASES)
def test_what_leads_from_a_container_onto_its_machine(built, case):
    said, expected = CASES[case]
    assert ways(built(estate_of(**said))) == expected


def test_the_path_goes_over_the_machine_and_ends_with_what_the_container_was_given(built):
    estate = built(estate_of(CONTAINER="privileged = true"))
    (path,) = attack_paths(estate)
    assert path.techniques == (
        "exploit-exposed-service",
        OUT,
        "steal-instance-credentials",
        "read-store",
    )
    closed = Cutting(estate, costs={**dict.fromkeys(Kind, 9.0), Kind.CONTAIN: 1.0}).cut()
    assert [stage.change.kind for stage in closed.stages] == [Kind.CONTAIN]
    claims = [step.claim for hop in path.hops() for step in hop.evidence]
    assert "A task of web is given what is its machine's" in claims


def test_metadata_is_closed_to_containers_by_one_change(built):
    estate = built(estate_of(HOPS="2"))
    assert [p.techniques[1] for p in attack_paths(estate)] == [ASK]
    closed = Cutting(estate, costs={**dict.fromkeys(Kind, 9.0), Kind.CONTAIN: 1.0}).cut()
    (stage,) = closed.stages
    assert "metadata" in stage.change.says


def test_of_several_machines_it_is_not_known_which_unless_each_runs_one(built):
    for strategy, sure in (("REPLICA", False), ("DAEMON", True)):
        said = {"COUNT": "2", "STRATEGY": strategy, "CONTAINER": "privileged = true"}
        estate = built(estate_of(**said))
        edges = [e for e in estate.edges(Relation.MAY_CALL) if e.allows == OUT]
        assert [edge.answer.certain for edge in edges] == [sure, sure]


def test_start_text_is_read_in_base64_and_out_of_a_template(built, tmp_path):
    (tmp_path / "start.tpl").write_text(
        "#!/bin/bash\necho ECS_CLUSTER=${cluster} >> /etc/ecs.config"
    )
    plain = estate_of(CONTAINER="privileged = true")
    head, rest = plain.split("  user_data ", 1)
    tail = rest.split("  END\n", 1)[1]
    for said in (
        'user_data_base64 = base64encode("ECS_CLUSTER=shop")',
        'user_data = templatefile("${path.module}/start.tpl", { cluster = "shop" })',
        "user_data = data.template_file.start.rendered",
    ):
        text = f"{head}  {said}\n{tail}"
        if "data." in said:
            text += """
            data "template_file" "start" {
              template = file("${path.module}/start.tpl")
              vars     = { cluster = aws_ecs_cluster.c.name }
            }
            """
        assert ways(built(text)) == {OUT}, said
