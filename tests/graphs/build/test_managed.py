"""Managed stores: where they sit, what they listen on, and whom they ask for a login."""

import pytest

from graphs.identity.guests import unasked
from graphs.network.reach import INTERNET
from graphs.nodes import Database, Store
from graphs.unknown import Unknown
from tests.graphs.build.land import LAND
from tests.graphs.build.said import verdict


def reached(estate, address, port):
    return verdict(estate.network.reach(INTERNET, address).answer(6, port))


OPEN = """
resource "aws_internet_gateway" "g" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.g.id
  }
}
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""

# Type, arguments, kind, ports, encrypted, asks for a login.
STORES = [
    (
        "aws_redshift_cluster",
        """
        cluster_identifier        = "x"
        node_type                 = "ra3.large"
        cluster_subnet_group_name = aws_redshift_subnet_group.g.name
        vpc_security_group_ids    = [aws_security_group.open.id]
        publicly_accessible       = true
        """,
        ("warehouse", (5439,), "yes", "yes"),
    ),
    (
        "aws_redshiftserverless_workgroup",
        """
        workgroup_name      = "x"
        namespace_name      = "x"
        subnet_ids          = [aws_subnet.a.id]
        security_group_ids  = [aws_security_group.open.id]
        publicly_accessible = true
        """,
        ("warehouse", (5439,), "yes", "yes"),
    ),
    (
        "aws_docdb_cluster",
        """
        cluster_identifier     = "x"
        db_subnet_group_name   = aws_docdb_subnet_group.g.name
        vpc_security_group_ids = [aws_security_group.open.id]
        """,
        ("database", (27017,), "no", "yes"),
    ),
    (
        "aws_neptune_cluster",
        """
        cluster_identifier        = "x"
        neptune_subnet_group_name = aws_neptune_subnet_group.g.name
        vpc_security_group_ids    = [aws_security_group.open.id]
        """,
        ("database", (8182,), "no", "no"),
    ),
    (
        "aws_elasticache_replication_group",
        """
        replication_group_id = "x"
        description          = "x"
        engine               = "valkey"
        subnet_group_name    = aws_elasticache_subnet_group.g.name
        security_group_ids   = [aws_security_group.open.id]
        """,
        ("cache", (6379,), "yes", "no"),
    ),
    (
        "aws_elasticache_cluster",
        """
        cluster_id         = "x"
        engine             = "memcached"
        subnet_group_name  = aws_elasticache_subnet_group.g.name
        security_group_ids = [aws_security_group.open.id]
        """,
        ("cache", (11211,), "no", "no"),
    ),
    (
        "aws_elasticache_serverless_cache",
        """
        name               = "x"
        engine             = "redis"
        user_group_id      = "people"
        subnet_ids         = [aws_subnet.a.id]
        security_group_ids = [aws_security_group.open.id]
        """,
        ("cache", (6379, 6380), "yes", "yes"),
    ),
    (
        "aws_memorydb_cluster",
        """
        name               = "x"
        acl_name           = "open-access"
        node_type          = "db.t4g.small"
        subnet_group_name  = aws_memorydb_subnet_group.g.name
        security_group_ids = [aws_security_group.open.id]
        """,
        ("database", (6379,), "yes", "no"),
    ),
    (
        "aws_dax_cluster",
        """
        cluster_name                     = "x"
        iam_role_arn                     = "arn:aws:iam::111111111111:role/dax"
        node_type                        = "dax.t3.small"
        replication_factor               = 1
        cluster_endpoint_encryption_type = "TLS"
        subnet_group_name                = aws_dax_subnet_group.g.name
        security_group_ids               = [aws_security_group.open.id]
        """,
        ("cache", (9111,), "no", "yes"),
    ),
    (
        "aws_msk_cluster",
        """
        cluster_name           = "x"
        kafka_version          = "3.6.0"
        number_of_broker_nodes = 2
        broker_node_group_info {
          instance_type   = "kafka.t3.small"
          client_subnets  = [aws_subnet.a.id]
          security_groups = [aws_security_group.open.id]
        }
        """,
        ("message broker", (9094, 9092, 9096, 9098), "yes", "no"),
    ),
    (
        "aws_mq_broker",
        """
        broker_name         = "x"
        engine_type         = "ActiveMQ"
        engine_version      = "5.18"
        host_instance_type  = "mq.t3.micro"
        subnet_ids          = [aws_subnet.a.id]
        security_groups     = [aws_security_group.open.id]
        publicly_accessible = true
        user {
          username = "app"
          password = "of-no-account"
        }
        """,
        ("message broker", (61617, 5671, 61614, 8883, 61619, 8162), "yes", "yes"),
    ),
    (
        "aws_fsx_lustre_file_system",
        """
        storage_capacity   = 1200
        subnet_ids         = [aws_subnet.a.id]
        security_group_ids = [aws_security_group.open.id]
        """,
        ("file system", (988, 1018, 1019, 1020, 1021, 1022, 1023), "yes", "no"),
    ),
    (
        "aws_opensearch_domain",
        """
        domain_name = "x"
        vpc_options {
          subnet_ids         = [aws_subnet.a.id]
          security_group_ids = [aws_security_group.open.id]
        }
        """,
        ("search domain", (443,), "no", "yes"),
    ),
]
GROUPS = "".join(
    f"""
    resource "aws_{kind}_subnet_group" "g" {{
      name       = "{kind}"
      subnet_ids = [aws_subnet.a.id]
    }}
    """
    for kind in ("redshift", "docdb", "neptune", "elasticache", "memorydb", "dax")
)


@pytest.mark.parametrize(("kind", "written", "expected"), STORES, ids=[s[0] for s in STORES])
def test_a_managed_store_is_a_database_with_a_place(built, kind, written, expected):
    estate = built(f'{LAND}{OPEN}{GROUPS}\nresource "{kind}" "x" {{\n{written}\n}}')
    store = estate.index.by_id[f"{kind}.x"]
    assert isinstance(store, Database)
    assert [(i.subnet, i.groups) for i in store.interfaces] == [
        ("aws_subnet.a", ("aws_security_group.open",))
    ]
    asks = ~unasked(estate.permissions, store).answer
    assert (store.kind, store.ports, verdict(store.encrypted), verdict(asks)) == expected
    # The public flag opens it only where there is one; a cache, say, is never on the internet.
    public = "publicly_accessible" in written
    assert reached(estate, store.id, store.port) == ("yes" if public else "no")


def test_the_public_flag_alone_opens_nothing(built):
    kind, written, _ = STORES[0]
    estate = built(f'{LAND}{OPEN}{GROUPS}\nresource "{kind}" "x" {{\n{written}\n}}')
    shut = built(
        f'{LAND}{OPEN}{GROUPS}\nresource "{kind}" "x" {{\n{written}\n}}'.replace(
            "    gateway_id = aws_internet_gateway.g.id\n",
            "    nat_gateway_id = aws_nat_gateway.n.id\n",
        )
        + '\nresource "aws_nat_gateway" "n" {\n subnet_id = aws_subnet.b.id\n}'
    )
    assert reached(estate, f"{kind}.x", 5439) == "yes"
    assert reached(shut, f"{kind}.x", 5439) == "no"


def test_what_is_not_known_of_a_store_stays_unknown(built):
    estate = built(
        """
        variable "public" { type = bool }
        variable "subnets" { type = list(string) }
        variable "engine" {}
        variable "token" {}
        resource "aws_redshiftserverless_workgroup" "w" {
          workgroup_name      = "x"
          namespace_name      = "x"
          subnet_ids          = var.subnets
          publicly_accessible = var.public
        }
        resource "aws_elasticache_replication_group" "c" {
          replication_group_id = "x"
          description          = "x"
          engine               = var.engine
          auth_token           = var.token
        }
        """
    )
    house = estate.index.by_id["aws_redshiftserverless_workgroup.w"]
    assert reached(estate, house.id, 5439) == "maybe"
    cache = estate.index.by_id["aws_elasticache_replication_group.c"]
    assert isinstance(cache.port, Unknown)
    assert verdict(cache.encrypted) == verdict(cache.guarded) == "maybe"


def test_a_member_of_a_replication_group_is_no_store_of_its_own(built):
    estate = built(
        """
        resource "aws_elasticache_replication_group" "g" {
          replication_group_id = "g"
          description          = "g"
        }
        resource "aws_elasticache_cluster" "one" {
          cluster_id           = "one"
          replication_group_id = aws_elasticache_replication_group.g.id
        }
        """
    )
    assert [d.id for d in estate.index.of(Database)] == ["aws_elasticache_replication_group.g"]


PUBLIC_KAFKA = """
resource "aws_msk_cluster" "x" {
  cluster_name           = "x"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 2
  broker_node_group_info {
    instance_type   = "kafka.t3.small"
    client_subnets  = [aws_subnet.a.id]
    security_groups = [aws_security_group.open.id]
    connectivity_info {
      public_access {
        type = "SERVICE_PROVIDED_EIPS"
      }
    }
  }
  client_authentication {
    sasl {
      iam = true
    }
  }
}
"""


def test_public_brokers_of_kafka_listen_on_ports_of_their_own(built):
    estate = built(LAND + OPEN + PUBLIC_KAFKA)
    assert reached(estate, "aws_msk_cluster.x", 9198) == "yes"
    assert verdict(estate.index.by_id["aws_msk_cluster.x"].guarded) == "yes"


def test_a_public_broker_of_rabbitmq_is_in_no_vpc(built):
    estate = built(
        """
        resource "aws_mq_broker" "x" {
          broker_name         = "x"
          engine_type         = "RabbitMQ"
          engine_version      = "3.13"
          host_instance_type  = "mq.m5.large"
          publicly_accessible = true
          user {
            username = "app"
            password = "of-no-account"
          }
        }
        """
    )
    assert estate.index.by_id["aws_mq_broker.x"].interfaces == ()
    assert reached(estate, "aws_mq_broker.x", 5671) == "yes"
    assert reached(estate, "aws_mq_broker.x", 61617) == "no"


# --------------------------------------------------------------------------------- search domains

DOMAIN = """
resource "aws_opensearch_domain" "d" {
  domain_name = "logs"
  %s
  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "%s" }
      Action    = "es:*"
      Resource  = "arn:aws:es:eu-west-1:111111111111:domain/logs/*"
      %s
    }]
  })
}
"""
OFFICE = 'Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } }'
ROLE = "arn:aws:iam::111111111111:role/app"
FINE = "advanced_security_options {\n enabled = true\n internal_user_database_enabled = true\n}"


@pytest.mark.parametrize(
    ("who", "condition", "more", "read"),
    [
        ("*", "", "", "yes"),
        ("*", OFFICE, "", "no"),
        (ROLE, "", "", "no"),
        ("*", "", FINE, "no"),
    ],
)
def test_a_domain_on_the_internet_is_as_open_as_its_policy(built, who, condition, more, read):
    estate = built(DOMAIN % (more, who, condition))
    domain = estate.index.by_id["aws_opensearch_domain.d"]
    assert reached(estate, domain.id, 443) == "yes"
    assert verdict(unasked(estate.permissions, domain).answer) == read


def test_a_domain_in_a_vpc_is_read_by_whoever_connects_to_it(built):
    inside = "vpc_options {\n subnet_ids = [aws_subnet.a.id]\n}"
    domain = DOMAIN % (inside, "*", "")
    machine = """
        resource "aws_instance" "web" {
          ami           = "ami-1"
          instance_type = "t3.micro"
          subnet_id     = aws_subnet.a.id
        }
        """
    estate = built(LAND + domain + machine)
    assert reached(estate, "aws_opensearch_domain.d", 443) == "no"
    reads = list(estate.edges("reads", target="aws_opensearch_domain.d"))
    assert [(e.source, e.allows) for e in reads] == [("internet", "aws_instance.web")]


# --------------------------------------------------------------------------- reached by calls alone


def test_a_queue_has_the_policies_of_its_satellites(built):
    estate = built(
        """
        resource "aws_sqs_queue" "q" {
          name = "orders"
        }
        resource "aws_sqs_queue_policy" "p" {
          queue_url = aws_sqs_queue.q.id
          policy    = jsonencode({
            Version   = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = "*"
              Action    = "sqs:ReceiveMessage"
              Resource  = aws_sqs_queue.q.arn
            }]
          })
        }
        """
    )
    queue = estate.index.by_id["aws_sqs_queue.q"]
    assert isinstance(queue, Store)
    assert queue.arn == "arn:aws:sqs:eu-west-1:111111111111:orders"
    assert verdict(queue.encrypted) == "maybe"  # it may be older than encryption by default
    assert verdict(estate.permissions.readable("*", queue).answer) == "yes"


@pytest.mark.parametrize(
    ("kind", "written", "encrypted"),
    [
        ("aws_dynamodb_table", 'name = "x"', "yes"),
        ("aws_sns_topic", 'name = "x"', "no"),
        ("aws_sns_topic", 'name = "x"\nkms_master_key_id = "alias/aws/sns"', "yes"),
        ("aws_kinesis_stream", 'name = "x"\nshard_count = 1', "no"),
        ("aws_ecr_repository", 'name = "x"', "yes"),
        ("aws_backup_vault", 'name = "x"', "yes"),
        ("aws_sqs_queue", 'name = "x"\nsqs_managed_sse_enabled = false', "no"),
    ],
)
def test_what_is_called_keeps_its_data_encrypted_or_not(node, kind, written, encrypted):
    store = node(f'resource "{kind}" "x" {{\n{written}\n}}', f"{kind}.x")
    assert verdict(store.encrypted) == encrypted
    assert store.classes == ({"backup"} if kind == "aws_backup_vault" else set())
