"""Client VPNs and PrivateLink: other ways into a LAN, from code to answers."""

from graphs.network.reach import INTERNET
from graphs.network.zones import CLOUDFRONT
from scanner.ends import find
from tests.graphs.build.borders import APP, LAND, TO_INTERNET, WEB, asked, stops

# Client VPN.

USERS = """
resource "aws_ec2_client_vpn_endpoint" "staff" {
  client_cidr_block      = "172.16.0.0/22"
  server_certificate_arn = "arn:aws:acm:eu-west-1:111111111111:certificate/1"
  vpc_id                 = aws_vpc.v.id
  security_group_ids     = [aws_security_group.vpn.id]
}
resource "aws_security_group" "vpn" {
  name   = "vpn"
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_ec2_client_vpn_network_association" "web" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  subnet_id              = aws_subnet.web.id
}
"""
MAY = """
resource "aws_ec2_client_vpn_authorization_rule" "one" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  target_network_cidr    = %s
  authorize_all_groups   = true
}
"""
LED = """
resource "aws_ec2_client_vpn_route" "all" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  destination_cidr_block = "0.0.0.0/0"
  target_vpc_subnet_id   = aws_ec2_client_vpn_network_association.web.subnet_id
}
"""
STAFF = "aws_ec2_client_vpn_endpoint.staff"


def test_users_of_a_client_vpn_come_out_in_its_subnet(built):
    estate = built(LAND + TO_INTERNET + USERS + MAY % '"10.0.2.0/24"')
    assert asked(estate, STAFF, APP) == "yes"
    assert asked(estate, STAFF, APP, 22) == "no"  # by the VPN's own group
    assert asked(estate, STAFF, WEB) == "no"
    assert stops(estate, STAFF, WEB) == ["No route and authorization of the Client VPN lead there"]
    assert asked(estate, STAFF, INTERNET) == "no"
    assert str(estate.network.reach(STAFF, APP).packets.certain).startswith(
        "tcp 443 from 10.0.1.0/24"
    )


def test_nobody_is_authorized_unless_somebody_says_so_and_nobody_calls_them(built):
    estate = built(LAND + TO_INTERNET + USERS)
    assert asked(estate, STAFF, APP) == "no"
    assert asked(estate, WEB, STAFF) == "no"
    assert stops(estate, WEB, STAFF) == ["Nobody connects to the users of Client VPN staff"]


def test_a_client_vpn_needs_a_route_and_a_rule_for_the_internet(built):
    internet = MAY % '"0.0.0.0/0"'
    assert asked(built(LAND + TO_INTERNET + USERS + internet), STAFF, INTERNET) == "no"
    assert asked(built(LAND + TO_INTERNET + USERS + internet + LED), STAFF, INTERNET) == "yes"


def test_an_unknown_authorization_leaves_it_open(built):
    estate = built(LAND + USERS + MAY % "var.office" + 'variable "office" {}')
    assert asked(estate, STAFF, APP) == ["var.office"]
    assert asked(estate, STAFF, APP, 22) == "no"


# PrivateLink.

PROVIDED = """
resource "aws_vpc" "p" {
  cidr_block = "10.5.0.0/16"
}
resource "aws_subnet" "p" {
  vpc_id     = aws_vpc.p.id
  cidr_block = "10.5.1.0/24"
}
resource "aws_security_group" "p" {
  name   = "p"
  vpc_id = aws_vpc.p.id
  ingress {
    protocol    = "tcp"
    from_port   = 8443
    to_port     = 8443
    cidr_blocks = ["10.5.1.0/24"]
  }
}
resource "aws_instance" "p" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.p.id
  private_ip             = "10.5.1.9"
  vpc_security_group_ids = [aws_security_group.p.id]
}
resource "aws_lb" "p" {
  name               = "p"
  load_balancer_type = "network"
  internal           = true
  subnets            = [aws_subnet.p.id]
  %s
}
resource "aws_lb_target_group" "p" {
  name     = "p"
  port     = 8443
  protocol = "TCP"
  vpc_id   = aws_vpc.p.id
}
resource "aws_lb_target_group_attachment" "p" {
  target_group_arn = aws_lb_target_group.p.arn
  target_id        = aws_instance.p.id
}
resource "aws_lb_listener" "p" {
  load_balancer_arn = aws_lb.p.arn
  port              = 443
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.p.arn
  }
}
resource "aws_vpc_endpoint_service" "p" {
  acceptance_required        = %s
  network_load_balancer_arns = [aws_lb.p.arn]
}
resource "aws_vpc_endpoint" "c" {
  vpc_id             = aws_vpc.v.id
  service_name       = aws_vpc_endpoint_service.p.service_name
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.app.id]
  security_group_ids = [aws_security_group.any.id]
}
"""
ENDPOINT = "aws_vpc_endpoint.c"


def test_an_endpoint_leads_to_the_providers_balancer(built):
    estate = built(LAND + PROVIDED % ("", "false"))
    assert asked(estate, WEB, ENDPOINT) == "yes"
    assert asked(estate, WEB, ENDPOINT, 8443) == "no"
    assert asked(estate, WEB, "aws_instance.p", 8443) == "no"  # there is no other way


def test_a_connection_waits_until_somebody_accepts_it(built):
    code = LAND + PROVIDED % ("", "true")
    assert asked(built(code), WEB, ENDPOINT) == [
        "whether aws_vpc_endpoint_service.p accepts aws_vpc_endpoint.c"
    ]
    accepter = """
    resource "aws_vpc_endpoint_connection_accepter" "c" {
      vpc_endpoint_service_id = aws_vpc_endpoint_service.p.id
      vpc_endpoint_id         = aws_vpc_endpoint.c.id
    }
    """
    assert asked(built(code + accepter), WEB, ENDPOINT) == "yes"


GROUPED = """
  security_groups = [aws_security_group.p_lb.id]
  %s
"""
LB_GROUP = """
resource "aws_security_group" "p_lb" {
  name   = "p-lb"
  vpc_id = aws_vpc.p.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["%s"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


def test_the_balancers_group_sees_the_client_unless_told_to_let_privatelink_pass(built):
    def answer(peer, word=""):
        code = PROVIDED % (GROUPED % word, "false") + LB_GROUP % peer
        return asked(built(LAND + code), WEB, ENDPOINT)

    assert answer("10.0.1.0/24") == "yes"
    assert answer("10.7.0.0/16") == "no"
    word = 'enforce_security_group_inbound_rules_on_private_link_traffic = "off"'
    assert answer("10.7.0.0/16", word) == "yes"


def test_principals_that_may_make_endpoints_are_told(built):
    word = 'allowed_principals = ["arn:aws:iam::222222222222:root"]\n  acceptance_required'
    estate = built((LAND + PROVIDED % ("", "false")).replace("acceptance_required", word))
    (gap,) = (g for g in estate.gaps if g.kind == "endpoints-elsewhere")
    lets = "lets arn:aws:iam::222222222222:root make endpoints, which need not be here"
    assert gap.what == f"aws_vpc_endpoint_service.p {lets}"


def test_they_are_places_that_can_be_asked_about(built):
    estate = built(LAND + USERS)
    assert find(estate, "staff").places == (STAFF,)
    assert find(estate, CLOUDFRONT).places == (CLOUDFRONT,)
    assert find(estate, "nobody") is None
