"""Load balancers, and from which port to which service they lead."""

import pytest

from graphs.unknown import Unknown
from tests.graphs.build.land import LAND

BALANCER = """
resource "aws_lb" "front" {
  name               = "front"
  load_balancer_type = "application"
  subnets            = [aws_subnet.a.id, aws_subnet.b.id]
  security_groups    = [aws_security_group.web.id]
}
resource "aws_lb_target_group" "app" {
  name     = "app"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}
resource "aws_instance" "i" {
  ami       = "ami-1"
  subnet_id = aws_subnet.a.id
}
resource "aws_autoscaling_group" "fleet" {
  name                = "fleet"
  vpc_zone_identifier = [aws_subnet.a.id]
  %s
}
"""
LISTENER = """
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.front.arn
  port              = "443"
  protocol          = "HTTPS"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}
"""
ATTACHED = """
resource "aws_lb_target_group_attachment" "i" {
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.i.id
}
"""


def front(built, *parts, fleet=""):
    index = built(LAND + BALANCER % fleet + "".join(parts)).index
    return index.by_id["aws_lb.front"]


def test_a_balancer_stands_in_its_subnets(built):
    balancer = front(built)
    assert [i.subnet for i in balancer.interfaces] == ["aws_subnet.a", "aws_subnet.b"]
    assert all(i.groups == ("aws_security_group.web",) for i in balancer.interfaces)
    assert all(i.public.certain for i in balancer.interfaces)
    assert (balancer.kind, balancer.internal) == ("application", False)
    assert balancer.listeners == ()


def test_an_internal_one_has_no_public_address(built):
    index = built(
        LAND
        + """
        resource "aws_alb" "inner" {
          internal = true
          subnet_mapping {
            subnet_id = aws_subnet.a.id
          }
        }
        """
    ).index
    (interface,) = index.by_id["aws_alb.inner"].interfaces
    assert not interface.public.possible
    assert interface.groups == ("aws_vpc.main.default_security_group",)


def test_a_network_balancer_without_groups_lets_everything_in(built):
    index = built(
        LAND
        + """
        resource "aws_lb" "open" {
          load_balancer_type = "network"
          subnets            = [aws_subnet.a.id]
        }
        resource "aws_lb" "guarded" {
          load_balancer_type = "network"
          subnets            = [aws_subnet.a.id]
          security_groups    = [aws_security_group.web.id]
        }
        """
    ).index
    (loose,), (guarded,) = (index.by_id[f"aws_lb.{n}"].interfaces for n in ("open", "guarded"))
    assert (loose.groups, loose.group_optional) == ((), True)
    assert (guarded.groups, guarded.group_optional) == (("aws_security_group.web",), False)


REGISTERED = {
    "an attachment": (ATTACHED, "", ("aws_instance.i", 8080)),
    "an attachment with a port": (
        ATTACHED.replace("target_id ", "port = 9000\n target_id "),
        "",
        ("aws_instance.i", 9000),
    ),
    "an attachment by address": (
        ATTACHED.replace("aws_instance.i.id", "aws_instance.i.private_ip"),
        "",
        ("aws_instance.i", 8080),
    ),
    "the fleet's own word": (
        "",
        "target_group_arns = [aws_lb_target_group.app.arn]",
        ("aws_autoscaling_group.fleet", 8080),
    ),
    "a traffic source": (
        "",
        'traffic_source {\n identifier = aws_lb_target_group.app.arn\n type = "elbv2"\n}',
        ("aws_autoscaling_group.fleet", 8080),
    ),
    "a fleet's attachment": (
        """
        resource "aws_autoscaling_attachment" "f" {
          autoscaling_group_name = aws_autoscaling_group.fleet.name
          lb_target_group_arn    = aws_lb_target_group.app.arn
        }
        """,
        "",
        ("aws_autoscaling_group.fleet", 8080),
    ),
    "an ecs service": (
        """
        resource "aws_ecs_service" "s" {
          load_balancer {
            target_group_arn = aws_lb_target_group.app.arn
            container_name   = "app"
            container_port   = 3000
          }
        }
        """,
        "",
        ("aws_ecs_service.s", 3000),
    ),
}


@pytest.mark.parametrize("spelling", REGISTERED)
def test_targets_are_found_by_whichever_side_names_them(built, spelling):
    parts, fleet, target = REGISTERED[spelling]
    (listener,) = front(built, LISTENER, parts, fleet=fleet).listeners
    assert (listener.protocol, listener.port) == ("HTTPS", 443)
    assert [each[:2] for each in listener.targets] == [target]
    assert listener.proof.attribute == "port"


FORWARD = {
    "a weighted forward": """
        resource "aws_lb_listener" "https" {
          load_balancer_arn = aws_lb.front.arn
          port              = 443
          default_action {
            type = "forward"
            forward {
              target_group {
                arn    = aws_lb_target_group.app.arn
                weight = 1
              }
            }
          }
        }
        """,
    "a rule": """
        resource "aws_lb_listener" "https" {
          load_balancer_arn = aws_lb.front.arn
          port              = 443
          default_action {
            type = "fixed-response"
          }
        }
        resource "aws_lb_listener_rule" "app" {
          listener_arn = aws_lb_listener.https.arn
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.app.arn
          }
        }
        """,
}


@pytest.mark.parametrize("spelling", FORWARD)
def test_a_listener_forwards_by_any_of_its_actions(built, spelling):
    (listener,) = front(built, FORWARD[spelling], ATTACHED).listeners
    assert [each[:2] for each in listener.targets] == [("aws_instance.i", 8080)]


def test_a_target_group_of_another_code_leads_to_what_is_not_known(built):
    text = LISTENER.replace("aws_lb_target_group.app.arn", '"arn:aws:elasticloadbalancing:x"')
    (listener,) = front(built, text).listeners
    ((target, port, _),) = listener.targets
    assert isinstance(target, Unknown)
    assert isinstance(port, Unknown)


CLASSIC = """
resource "aws_elb" "old" {
  name            = "old"
  subnets         = [aws_subnet.a.id]
  security_groups = [aws_security_group.web.id]
  %s
  listener {
    lb_port           = 80
    lb_protocol       = "http"
    instance_port     = 8080
    instance_protocol = "http"
  }
}
"""
BEHIND = {
    "its instances": ("instances = [aws_instance.i.id]", "", "", "aws_instance.i"),
    "an attachment": (
        "",
        """
        resource "aws_elb_attachment" "i" {
          elb      = aws_elb.old.id
          instance = aws_instance.i.id
        }
        """,
        "",
        "aws_instance.i",
    ),
    "the fleet's own word": (
        "",
        "",
        "load_balancers = [aws_elb.old.name]",
        "aws_autoscaling_group.fleet",
    ),
    "a fleet's attachment": (
        "",
        """
        resource "aws_autoscaling_attachment" "f" {
          autoscaling_group_name = aws_autoscaling_group.fleet.id
          elb                    = aws_elb.old.id
        }
        """,
        "",
        "aws_autoscaling_group.fleet",
    ),
    "an ecs service": (
        "",
        """
        resource "aws_ecs_service" "s" {
          load_balancer {
            elb_name       = aws_elb.old.name
            container_name = "app"
            container_port = 8080
          }
        }
        """,
        "",
        "aws_ecs_service.s",
    ),
}


@pytest.mark.parametrize("spelling", BEHIND)
def test_a_classic_balancer(built, spelling):
    own, more, fleet, target = BEHIND[spelling]
    balancer = built(LAND + BALANCER % fleet + CLASSIC % own + more).index.by_id["aws_elb.old"]
    assert [(i.subnet, i.groups) for i in balancer.interfaces] == [
        ("aws_subnet.a", ("aws_security_group.web",))
    ]
    (listener,) = balancer.listeners
    assert (listener.protocol, listener.port) == ("http", 80)
    assert [each[:2] for each in listener.targets] == [(target, 8080)]
    assert listener.proof.attribute == "listener[0]"
