"""What services are written as, to be filled in."""

from tests.graphs.build.checklist.land import subnet

SECOND = subnet("second", "10.0.3.0/24", "out", zone="eu-west-1b")
CLASSIC = (
    SECOND
    + """
resource "aws_elb" "b" {
  name            = "b"
  internal        = %s
  subnets         = [aws_subnet.web.id]
  security_groups = [aws_security_group.any.id]
  instances       = [aws_instance.app.id]
  listener {
    lb_port           = 443
    lb_protocol       = "tcp"
    instance_port     = 80
    instance_protocol = "tcp"
  }
}
"""
)
DATABASE = """
resource "aws_db_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.%s.id]
}
resource "aws_db_instance" "d" {
  identifier             = "d"
  engine                 = "postgres"
  instance_class         = "db.t3.micro"
  publicly_accessible    = %s
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.any.id]
}
"""
API = """
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  %s
}
"""
PRIVATE = 'endpoint_configuration {\n types = ["PRIVATE"]\n }'
CLUSTER = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::111122223333:role/eks"
  vpc_config {
    subnet_ids              = [aws_subnet.app.id]
    endpoint_public_access  = %s
    endpoint_private_access = true
    %s
  }
}
"""
RUNNER = """
resource "aws_apprunner_service" "s" {
  service_name = "s"
  network_configuration {
    ingress_configuration {
      is_publicly_accessible = %s
    }
  }
}
"""
TASK = """
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_task_definition" "t" {
  family                   = "t"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions = jsonencode([
    { name = "w", image = "w", portMappings = [{ containerPort = 443 }] }
  ])
}
resource "aws_ecs_service" "s" {
  name            = "s"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  launch_type     = "FARGATE"
  network_configuration {
    subnets          = [aws_subnet.web.id]
    security_groups  = [aws_security_group.any.id]
    assign_public_ip = %s
  }
}
"""
DOMAIN = """
resource "aws_opensearch_domain" "d" {
  domain_name = "d"
  %s
}
"""
IN_VPC = """vpc_options {
    subnet_ids         = [aws_subnet.app.id]
    security_group_ids = [aws_security_group.any.id]
  }"""
KAFKA = """
resource "aws_msk_cluster" "k" {
  cluster_name           = "k"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 1
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = [aws_subnet.web.id]
    security_groups = [aws_security_group.any.id]
    connectivity_info {
      public_access {
        type = "%s"
      }
    }
  }
  encryption_info {
    encryption_in_transit {
      client_broker = "TLS"
    }
  }
  client_authentication {
    sasl {
      iam = true
    }
  }
}
"""
BROKER = """
resource "aws_mq_broker" "m" {
  broker_name         = "m"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.t3.micro"
  publicly_accessible = %s
  subnet_ids          = [aws_subnet.web.id]
  security_groups     = [aws_security_group.any.id]
}
"""
CACHE = """
resource "aws_elasticache_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.web.id]
}
resource "aws_elasticache_cluster" "c" {
  cluster_id         = "c"
  engine             = "redis"
  node_type          = "cache.t3.micro"
  num_cache_nodes    = 1
  subnet_group_name  = aws_elasticache_subnet_group.g.name
  security_group_ids = [aws_security_group.any.id]
}
"""
FILES = """
resource "aws_efs_file_system" "f" {}
resource "aws_efs_mount_target" "f" {
  file_system_id  = aws_efs_file_system.f.id
  subnet_id       = aws_subnet.web.id
  security_groups = [aws_security_group.any.id]
}
resource "aws_fsx_lustre_file_system" "x" {
  storage_capacity   = 1200
  subnet_ids         = [aws_subnet.web.id]
  security_group_ids = [aws_security_group.any.id]
}
"""
COPIER = """
resource "aws_dms_replication_subnet_group" "g" {
  replication_subnet_group_id          = "g"
  replication_subnet_group_description = "g"
  subnet_ids                           = [aws_subnet.web.id]
}
resource "aws_dms_replication_instance" "r" {
  replication_instance_id     = "r"
  replication_instance_class  = "dms.t3.micro"
  publicly_accessible         = %s
  replication_subnet_group_id = aws_dms_replication_subnet_group.g.id
  vpc_security_group_ids      = [aws_security_group.any.id]
}
"""
WAREHOUSE = """
resource "aws_redshift_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.web.id]
}
resource "aws_redshift_cluster" "w" {
  cluster_identifier        = "w"
  node_type                 = "ra3.large"
  publicly_accessible       = %s
  cluster_subnet_group_name = aws_redshift_subnet_group.g.name
  vpc_security_group_ids    = [aws_security_group.any.id]
}
resource "aws_redshiftserverless_workgroup" "s" {
  namespace_name      = "n"
  workgroup_name      = "s"
  publicly_accessible = %s
  subnet_ids          = [aws_subnet.web.id]
  security_group_ids  = [aws_security_group.any.id]
}
"""
BIG = """
resource "aws_emr_cluster" "e" {
  name          = "e"
  release_label = "emr-7.0.0"
  service_role  = "arn:aws:iam::111122223333:role/emr"
  ec2_attributes {
    subnet_id                         = aws_subnet.%s.id
    emr_managed_master_security_group = aws_security_group.any.id
    emr_managed_slave_security_group  = aws_security_group.any.id
    instance_profile                  = "emr"
  }
  master_instance_group {
    instance_type = "m5.xlarge"
  }
}
"""
NOTEBOOK = """
resource "aws_sagemaker_notebook_instance" "n" {
  name                   = "n"
  instance_type          = "ml.t3.medium"
  role_arn               = "arn:aws:iam::111122223333:role/n"
  direct_internet_access = "%s"
  subnet_id              = aws_subnet.app.id
  security_groups        = [aws_security_group.any.id]
}
"""
LIGHTSAIL = """
resource "aws_lightsail_instance" "l" {
  name              = "l"
  availability_zone = "eu-west-1a"
  blueprint_id      = "amazon_linux_2"
  bundle_id         = "nano_3_0"
}
resource "aws_lightsail_instance_public_ports" "l" {
  instance_name = aws_lightsail_instance.l.name
  port_info {
    protocol  = "tcp"
    from_port = %s
    to_port   = %s
  }
}
"""
SERVER = """
resource "aws_transfer_server" "t" {
  protocols     = ["SFTP"]
  endpoint_type = "%s"
  %s
}
"""
FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  vpc_config {
    subnet_ids         = [aws_subnet.web.id]
    security_group_ids = [aws_security_group.any.id]
  }
}
"""
CDN = """
resource "aws_cloudfront_distribution" "c" {
  enabled = %s
  origin {
    origin_id   = "o"
    domain_name = "origin.example.com"
  }
  default_cache_behavior {
    target_origin_id       = "o"
    viewer_protocol_policy = "redirect-to-https"
  }
}
"""
ACCELERATOR = """
resource "aws_globalaccelerator_accelerator" "a" {
  name = "a"
}
resource "aws_globalaccelerator_listener" "a" {
  accelerator_arn = aws_globalaccelerator_accelerator.a.id
  protocol        = "TCP"
  port_range {
    from_port = 443
    to_port   = 443
  }
}
resource "aws_globalaccelerator_endpoint_group" "a" {
  listener_arn = aws_globalaccelerator_listener.a.id
  endpoint_configuration {
    endpoint_id = aws_lb.b.arn
  }
}
"""
AIRFLOW = """
resource "aws_mwaa_environment" "m" {
  name                  = "m"
  dag_s3_path           = "dags/"
  execution_role_arn    = "arn:aws:iam::111122223333:role/m"
  source_bucket_arn     = "arn:aws:s3:::dags"
  webserver_access_mode = "%s"
  network_configuration {
    security_group_ids = [aws_security_group.any.id]
    subnet_ids         = [aws_subnet.app.id]
  }
}
"""
GAPS = {
    "aws_workspaces_workspace": 'directory_id = "d-1"',
    "aws_appstream_fleet": 'name = "f"',
    "aws_amplify_app": 'name = "a"',
    "aws_opensearchserverless_security_policy": 'name = "p"\n type = "network"\n policy = "[]"',
}
