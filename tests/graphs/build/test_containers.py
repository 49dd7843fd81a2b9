"""ECS services: what runs, as whom, on which ports."""

import pytest

from tests.graphs.build.land import LAND

ROLES = """
resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = "{}"
}
resource "aws_iam_role" "start" {
  name               = "start"
  assume_role_policy = "{}"
}
"""
TASK = """
resource "aws_ecs_task_definition" "app" {
  family                = "booking"
  task_role_arn         = aws_iam_role.task.arn
  execution_role_arn    = aws_iam_role.start.arn
  container_definitions = jsonencode([
    {
      name         = "app"
      image        = "${var.image}:latest"
      portMappings = [{ containerPort = 8080 }, { containerPort = "9090" }]
      environment  = [
        { name = "LEVEL", value = "info" },
        { name = "DATABASE", value = "postgres://app:${random_password.db.result}@db/app" },
      ]
    },
    { name = "side", portMappings = [{ containerPort = 8080, hostPort = 80 }] },
  ])
}
resource "random_password" "db" {
  length = 20
}
resource "aws_db_instance" "db" {
  engine   = "postgres"
  password = random_password.db.result
}
variable "image" {}
"""
SERVICE = """
resource "aws_ecs_service" "app" {
  name            = "app"
  task_definition = %s
  network_configuration {
    subnets          = [aws_subnet.a.id]
    security_groups  = [aws_security_group.web.id]
    assign_public_ip = true
  }
}
"""
SPELLINGS = (
    "aws_ecs_task_definition.app.arn",
    "aws_ecs_task_definition.app.family",
    "aws_ecs_task_definition.app.id",
    '"booking"',
    '"booking:3"',
    '"${aws_ecs_task_definition.app.family}:${aws_ecs_task_definition.app.revision}"',
    '"${aws_ecs_task_definition.app.family}:${max(aws_ecs_task_definition.app.revision, var.rev)}"',
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_service_is_what_its_task_says(built, spelling):
    index = built('variable "rev" {}' + LAND + ROLES + TASK + SERVICE % spelling).index
    service = index.by_id["aws_ecs_service.app"]
    assert service.role == "aws_iam_role.task"
    assert service.execution_role == "aws_iam_role.start"
    assert service.ports == (8080, 9090)
    (setting,) = service.settings
    assert (setting.name, setting.reveals) == ("DATABASE", ("aws_db_instance.db",))
    (interface,) = service.interfaces
    assert interface.subnet == "aws_subnet.a"
    assert interface.groups == ("aws_security_group.web",)
    assert interface.public.certain


def test_a_port_that_is_not_known_may_be_any(built):
    task = TASK.replace('containerPort = "9090"', "containerPort = var.image")
    text = LAND + ROLES + task + SERVICE % SPELLINGS[0]
    assert built(text).index.by_id["aws_ecs_service.app"].ports == ()


def test_a_task_of_another_code_is_unknown(built):
    service = built('variable "task" {}' + LAND + SERVICE % "var.task").index.by_id[
        "aws_ecs_service.app"
    ]
    assert service.role.what == "var.task"
    assert service.ports == ()


def test_definitions_that_are_not_json_are_a_gap(built):
    text = """
        resource "aws_ecs_task_definition" "app" {
          family                = "booking"
          container_definitions = "[{"
        }
        """
    estate = built(LAND + text + SERVICE % SPELLINGS[0])
    assert [g.kind for g in estate.gaps] == ["malformed"]
    assert estate.gaps[0].place.line > 20
    assert estate.index.by_id["aws_ecs_service.app"].role is None


ON_MACHINES = """
resource "aws_ecs_cluster" "shop" {
  name = "shop"
}
resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.shop.id
  task_definition = aws_ecs_task_definition.app.arn
}
resource "aws_ecs_task_definition" "app" {
  family                = "booking"
  container_definitions = jsonencode([
    { name = "app", portMappings = [{ containerPort = 8080, hostPort = 80 }] },
  ])
}
resource "aws_launch_template" "host" {
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = base64encode("#!/bin/sh\\necho ECS_CLUSTER=%s >> /etc/ecs/ecs.config")
}
resource "aws_autoscaling_group" "hosts" {
  vpc_zone_identifier = [aws_subnet.b.id]
  launch_template {
    id = aws_launch_template.host.id
  }
}
"""
PROVIDED = """
resource "aws_ecs_capacity_provider" "hosts" {
  name = "hosts"
  auto_scaling_group_provider {
    auto_scaling_group_arn = aws_autoscaling_group.hosts.arn
  }
}
resource "aws_ecs_cluster_capacity_providers" "shop" {
  cluster_name       = aws_ecs_cluster.shop.name
  capacity_providers = [aws_ecs_capacity_provider.hosts.name]
}
"""


@pytest.mark.parametrize("text", [ON_MACHINES % "shop", ON_MACHINES % "other" + PROVIDED])
def test_a_service_without_interfaces_has_those_of_its_machines(node, text):
    service = node(LAND + text, "aws_ecs_service.app")
    (nic,) = service.interfaces
    assert (nic.subnet, nic.groups) == ("aws_subnet.b", ("aws_security_group.web",))
    assert nic.public.certain
    assert service.ports == (80,)


def test_where_a_service_runs_may_not_be_told(node):
    service = node(LAND + ON_MACHINES % "shopping", "aws_ecs_service.app")
    (nic,) = service.interfaces
    assert (
        str(nic.subnet)
        == "the machines that aws_ecs_service.app runs on (looked up outside this code)"
    )
