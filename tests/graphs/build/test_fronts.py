"""Fronts: what AWS publishes, whom it admits, and what requests of nobody's get to behind it."""

import pytest

from graphs.network.reach import INTERNET
from graphs.nodes import Front, Instance
from graphs.unknown import Unknown
from tests.graphs.build.land import LAND
from tests.graphs.build.said import verdict


def reached(estate, address, port=443, source=INTERNET):
    return verdict(estate.network.reach(source, address).answer(6, port))


def ways(estate, front):
    """What the front hands requests of nobody's on to, and how surely."""
    edges = estate.edges("may-connect", source=front)
    return {edge.target: verdict(edge.answer) for edge in edges}


FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111111111111:role/f"
  filename      = "f.zip"
  handler       = "f.handler"
  runtime       = "python3.12"
}
"""

# ------------------------------------------------------------------------------------- Kubernetes

CLUSTER = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::111111111111:role/c"
  vpc_config {
    subnet_ids = [aws_subnet.a.id]
    %s
  }
}
"""


@pytest.mark.parametrize(
    ("written", "outside", "office"),
    [
        ("", "yes", "yes"),
        ('public_access_cidrs = ["203.0.113.0/24"]', "no", "yes"),
        ("endpoint_public_access = false", "no", "no"),
        ("endpoint_public_access = var.public", "maybe", "maybe"),
    ],
)
def test_a_clusters_api_is_public_for_whom_it_admits(built, written, outside, office):
    text = 'variable "public" { type = bool }\n' + LAND + CLUSTER % written
    estate = built(text)
    assert reached(estate, "aws_eks_cluster.c", source="198.51.100.7") == outside
    assert reached(estate, "aws_eks_cluster.c", source="203.0.113.9") == office


def test_inside_the_api_answers_who_its_groups_admit(built):
    machine = """
        resource "aws_instance" "%s" {
          ami                    = "ami-1"
          instance_type          = "t3.micro"
          subnet_id              = aws_subnet.b.id
          vpc_security_group_ids = [%s]
        }
        """
    own = "aws_eks_cluster.c.vpc_config[0].cluster_security_group_id"
    private = "endpoint_public_access = false\n endpoint_private_access = true"
    # A group without rules that are written has none that let anything out.
    estate = built(
        LAND
        + CLUSTER % private
        + machine % ("in", own)
        + machine % ("out", "aws_security_group.web.id")
    )
    assert reached(estate, "aws_eks_cluster.c", source="aws_instance.in") == "yes"
    assert reached(estate, "aws_eks_cluster.c", source="aws_instance.out") == "no"


NODES = """
resource "aws_eks_node_group" "n" {
  cluster_name  = aws_eks_cluster.c.name
  node_role_arn = aws_iam_role.node.arn
  subnet_ids    = [aws_subnet.a.id]
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
  %s
}
resource "aws_iam_role" "node" {
  name               = "node"
  assume_role_policy = "{}"
}
resource "aws_launch_template" "t" {
  vpc_security_group_ids = [aws_security_group.web.id]
}
"""


def test_nodes_are_machines_in_the_clusters_group(built):
    estate = built(LAND + CLUSTER % "" + NODES % "")
    nodes = estate.index.by_id["aws_eks_node_group.n"]
    assert isinstance(nodes, Instance)
    assert nodes.role == "aws_iam_role.node"
    assert nodes.interfaces[0].groups == ("aws_eks_cluster.c.cluster_security_group",)


def test_a_launch_template_names_other_groups(built):
    template = 'launch_template {\n id = aws_launch_template.t.id\n version = "1"\n}'
    nodes = built(LAND + CLUSTER % "" + NODES % template).index.by_id["aws_eks_node_group.n"]
    assert nodes.interfaces[0].groups == ("aws_security_group.web",)


def test_a_login_without_source_groups_is_open_to_all(built):
    login = 'remote_access {\n ec2_ssh_key = "k"\n}'
    estate = built(LAND + CLUSTER % "" + NODES % login)
    group = estate.index.by_id["aws_eks_node_group.n.remote_access_security_group"]
    assert [str(p) for p in group.ingress[0].prefixes] == ["0.0.0.0/0"]
    assert group.id in estate.index.by_id["aws_eks_node_group.n"].interfaces[0].groups


def test_a_rule_can_be_hung_on_the_clusters_group(built):
    rule = """
        resource "aws_security_group_rule" "r" {
          type              = "ingress"
          protocol          = "tcp"
          from_port         = 443
          to_port           = 443
          cidr_blocks       = ["10.9.0.0/16"]
          security_group_id = aws_eks_cluster.c.vpc_config[0].cluster_security_group_id
        }
        """
    estate = built(LAND + CLUSTER % "" + rule)
    group = estate.index.by_id["aws_eks_cluster.c.cluster_security_group"]
    assert [str(p) for r in group.ingress for p in r.prefixes] == ["10.9.0.0/16"]


# ------------------------------------------------------------------------------------------- APIs

REST = """
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  %s
}
resource "aws_api_gateway_method" "m" {
  rest_api_id      = aws_api_gateway_rest_api.a.id
  resource_id      = aws_api_gateway_rest_api.a.root_resource_id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = %s
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id             = aws_api_gateway_rest_api.a.id
  resource_id             = aws_api_gateway_rest_api.a.root_resource_id
  http_method             = aws_api_gateway_method.m.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = %s
}
"""
INVOKED = "aws_lambda_function.f.invoke_arn"
WRITTEN = (
    '"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/'
    '${aws_lambda_function.f.arn}/invocations"'
)


@pytest.mark.parametrize("uri", [INVOKED, WRITTEN])
@pytest.mark.parametrize(("keyed", "found"), [("false", "yes"), ("true", "no"), ("var.k", "maybe")])
def test_a_method_is_open_unless_it_asks_for_a_name_or_a_key(built, uri, keyed, found):
    estate = built('variable "k" { type = bool }\n' + FUNCTION + REST % ("", keyed, uri))
    assert ways(estate, "aws_api_gateway_rest_api.a").get("aws_lambda_function.f", "no") == found


def test_a_private_api_has_no_door(built):
    private = 'endpoint_configuration {\n types = ["PRIVATE"]\n}'
    estate = built(LAND + FUNCTION + REST % (private, "false", INVOKED))
    assert reached(estate, "aws_api_gateway_rest_api.a") == "no"
    assert isinstance(estate.index.by_id["aws_api_gateway_rest_api.a"].behind, Unknown)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", "yes"),
        ("disable_execute_api_endpoint = true", "no"),
    ],
)
def test_an_api_whose_address_is_off_has_no_door(built, written, found):
    estate = built(FUNCTION + REST % (written, "false", INVOKED))
    assert reached(estate, "aws_api_gateway_rest_api.a") == found


def test_an_api_may_be_a_document(built):
    text = (
        FUNCTION
        + """
        resource "aws_api_gateway_rest_api" "a" {
          name = "a"
          body = jsonencode({
            openapi = "3.0.1"
            paths = {
              "/open" = {
                get = {
                  "x-amazon-apigateway-integration" = {
                    type = "aws_proxy"
                    uri  = aws_lambda_function.f.invoke_arn
                  }
                }
              }
            }
          })
        }
        """
    )
    assert ways(built(text), "aws_api_gateway_rest_api.a") == {"aws_lambda_function.f": "yes"}
    named = text.replace("get = {", "get = {\n security = [{ signed = [] }]")
    assert ways(built(named), "aws_api_gateway_rest_api.a") == {}


LINKED = """
resource "aws_lb" "inner" {
  name               = "inner"
  internal           = true
  subnets            = [aws_subnet.a.id, aws_subnet.b.id]
  security_groups    = [aws_security_group.web.id]
}
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
  }
}
resource "aws_vpc_security_group_ingress_rule" "in" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = aws_security_group.extra.id
  ip_protocol                  = "tcp"
  from_port                    = 80
  to_port                      = 80
}
resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.extra.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_vpc_link" "v" {
  name               = "v"
  subnet_ids         = [aws_subnet.a.id]
  security_group_ids = [aws_security_group.extra.id]
}
resource "aws_apigatewayv2_integration" "i" {
  api_id             = aws_apigatewayv2_api.a.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.v.id
  integration_uri    = aws_lb_listener.l.arn
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.i.id}"
}
"""


def test_a_link_leads_into_a_vpc_as_far_as_groups_let_it(built):
    estate = built(LAND + LINKED)
    assert reached(estate, "aws_apigatewayv2_api.a") == "yes"
    assert ways(estate, "aws_apigatewayv2_api.a") == {"aws_apigatewayv2_vpc_link.v": "yes"}
    assert ways(estate, "aws_apigatewayv2_vpc_link.v") == {"aws_lb.inner": "yes"}
    shut = LINKED.replace("from_port                    = 80", "from_port                    = 81")
    shut = shut.replace("to_port                      = 80", "to_port                      = 81")
    assert ways(built(LAND + shut), "aws_apigatewayv2_vpc_link.v") == {}


def test_a_graphql_api_lets_nobody_in_without_a_name(built):
    text = (
        FUNCTION
        + """
        resource "aws_appsync_graphql_api" "g" {
          name                = "g"
          authentication_type = "%s"
        }
        resource "aws_appsync_datasource" "d" {
          api_id = aws_appsync_graphql_api.g.id
          name   = "d"
          type   = "AWS_LAMBDA"
          lambda_config {
            function_arn = aws_lambda_function.f.arn
          }
        }
        """
    )
    assert ways(built(text % "AWS_IAM"), "aws_appsync_graphql_api.g") == {}
    keyed = built(text % "API_KEY")
    assert ways(keyed, "aws_appsync_graphql_api.g") == {"aws_lambda_function.f": "maybe"}


# --------------------------------------------------------------------------------- distributions

SITE = """
resource "aws_s3_bucket" "site" {
  bucket = "site"
}
resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = %s
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
    }]
  })
}
resource "aws_cloudfront_origin_access_identity" "i" {}
locals {
  caller = aws_cloudfront_origin_access_identity.i.cloudfront_access_identity_path
}
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  origin {
    origin_id   = "site"
    domain_name = aws_s3_bucket.site.bucket_regional_domain_name
    s3_origin_config {
      origin_access_identity = local.caller
    }
  }
  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    %s
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
"""
SERVICE = '{ Service = "cloudfront.amazonaws.com" }'
IDENTITY = "{ AWS = aws_cloudfront_origin_access_identity.i.iam_arn }"
CANONICAL = "{ CanonicalUser = aws_cloudfront_origin_access_identity.i.s3_canonical_user_id }"
STRANGER = '{ CanonicalUser = "0123456789abcdef" }'
OTHER = '{ AWS = "arn:aws:iam::111111111111:role/app" }'


@pytest.mark.parametrize(
    ("who", "more", "found"),
    [
        (SERVICE, "", ["yes"]),
        (IDENTITY, "", ["yes"]),
        (CANONICAL, "", ["yes"]),
        (STRANGER, "", ["maybe"]),
        (OTHER, "", []),
        (SERVICE, 'trusted_key_groups = ["k"]', []),
    ],
)
def test_a_distribution_serves_anyone_what_its_bucket_lets_it_have(built, who, more, found):
    estate = built(SITE % (who, more))
    reads = list(estate.edges("reads", source="internet", target="aws_s3_bucket.site"))
    assert [verdict(edge.answer) for edge in reads] == found
    assert [edge.allows for edge in reads] == ["aws_cloudfront_distribution.d"] * len(found)
    assert reached(estate, "aws_cloudfront_distribution.d") == "yes"


def test_an_accelerator_publishes_what_is_not_public(built):
    text = (
        LAND
        + LINKED
        + """
        resource "aws_globalaccelerator_accelerator" "g" {
          name = "g"
        }
        resource "aws_globalaccelerator_listener" "l" {
          accelerator_arn = aws_globalaccelerator_accelerator.g.arn
          protocol        = "TCP"
          port_range {
            from_port = 80
            to_port   = 80
          }
        }
        resource "aws_globalaccelerator_endpoint_group" "e" {
          listener_arn = aws_globalaccelerator_listener.l.arn
          endpoint_configuration {
            endpoint_id = aws_lb.inner.arn
          }
        }
        """
    )
    estate = built(text)
    assert reached(estate, "aws_globalaccelerator_accelerator.g", 80) == "yes"
    assert reached(estate, "aws_globalaccelerator_accelerator.g", 443) == "no"
    assert ways(estate, "aws_globalaccelerator_accelerator.g") == {"aws_lb.inner": "maybe"}


# ------------------------------------------------------------------------------ proxies, transfer


def test_a_server_for_files_is_public_or_in_a_vpc(built):
    text = LAND + 'resource "aws_transfer_server" "s" {\n%s\n}'
    assert reached(built(text % ""), "aws_transfer_server.s", 22) == "yes"
    inside = """
        endpoint_type = "VPC"
        endpoint_details {
          vpc_id     = aws_vpc.main.id
          subnet_ids = [aws_subnet.a.id]
        }
        """
    estate = built(text % inside)
    assert reached(estate, "aws_transfer_server.s", 22) == "no"
    server = estate.index.by_id["aws_transfer_server.s"]
    assert isinstance(server, Front)
    assert [i.subnet for i in server.interfaces] == ["aws_subnet.a"]


def test_a_proxy_leads_to_its_database(built):
    text = (
        LAND
        + """
        resource "aws_db_subnet_group" "g" {
          name       = "g"
          subnet_ids = [aws_subnet.a.id]
        }
        resource "aws_db_instance" "db" {
          identifier             = "db"
          engine                 = "postgres"
          instance_class         = "db.t4g.small"
          db_subnet_group_name   = aws_db_subnet_group.g.name
          vpc_security_group_ids = [aws_default_security_group.d.id]
        }
        resource "aws_default_security_group" "d" {
          vpc_id = aws_vpc.main.id
          ingress {
            protocol  = "-1"
            from_port = 0
            to_port   = 0
            self      = true
          }
          egress {
            protocol    = "-1"
            from_port   = 0
            to_port     = 0
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
        resource "aws_db_proxy" "p" {
          name                   = "p"
          engine_family          = "POSTGRESQL"
          role_arn               = "arn:aws:iam::111111111111:role/p"
          vpc_subnet_ids         = [aws_subnet.b.id]
          vpc_security_group_ids = [aws_default_security_group.d.id]
          auth {}
        }
        resource "aws_db_proxy_target" "t" {
          db_proxy_name          = aws_db_proxy.p.name
          target_group_name      = "default"
          db_instance_identifier = aws_db_instance.db.identifier
        }
        """
    )
    assert ways(built(text), "aws_db_proxy.p") == {"aws_db_instance.db": "yes"}
