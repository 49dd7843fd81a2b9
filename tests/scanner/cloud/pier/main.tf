# What is built on AWS beside the common services: one of each kind that a sweep reads.

provider "aws" {
  region = "eu-north-1"
  assume_role { role_arn = "arn:aws:iam::555566667777:role/terraform" }
}

provider "aws" {
  alias  = "america"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::555566667777:role/terraform" }
}

resource "aws_vpc" "pier" {
  cidr_block = "10.80.0.0/16"
  tags       = { Name = "pier" }
}

resource "aws_subnet" "inner" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.pier.id
  cidr_block        = cidrsubnet("10.80.0.0/16", 8, each.value)
  availability_zone = "eu-north-1${each.key}"
  tags              = { Name = "inner-${each.key}" }
}

resource "aws_security_group" "stores" {
  name   = "stores"
  vpc_id = aws_vpc.pier.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["10.80.0.0/16"]
  }
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { Service = [
        "airflow.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com",
        "lambda.amazonaws.com", "rds.amazonaws.com", "sagemaker.amazonaws.com", "states.amazonaws.com",
        "tasks.apprunner.amazonaws.com",
      ] }
      Action = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role" "guest" {
  name = "guest"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
    }]
  })
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  role = aws_iam_role.worker.name
}

resource "aws_lambda_function" "quote" {
  function_name = "quote"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.13"
  handler       = "quote.handler"
  filename      = "quote.zip"
}

# Databases and what stands in front of them.

resource "aws_db_subnet_group" "inner" {
  name       = "inner"
  subnet_ids = [for subnet in aws_subnet.inner : subnet.id]
}

resource "aws_db_instance" "cargo" {
  identifier              = "cargo"
  engine                  = "postgres"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  port                    = 5432
  username                = "root"
  password                = "not-the-one-of-the-estate"
  storage_encrypted       = false
  backup_retention_period = 7
  deletion_protection     = true
  multi_az                = false
  db_subnet_group_name    = aws_db_subnet_group.inner.name
  vpc_security_group_ids  = [aws_security_group.stores.id]
}

resource "aws_db_proxy" "cargo" {
  name                   = "cargo"
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.worker.arn
  vpc_subnet_ids         = [for subnet in aws_subnet.inner : subnet.id]
  vpc_security_group_ids = [aws_security_group.stores.id]
  auth {
    auth_scheme = "SECRETS"
    secret_arn  = "arn:aws:secretsmanager:eu-north-1:555566667777:secret:cargo-AbCdEf"
  }
}

resource "aws_db_proxy_target" "cargo" {
  db_proxy_name          = aws_db_proxy.cargo.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.cargo.identifier
}

resource "aws_redshiftserverless_workgroup" "ledger" {
  namespace_name      = "ledger"
  workgroup_name      = "ledger"
  publicly_accessible = true
  subnet_ids          = [for subnet in aws_subnet.inner : subnet.id]
  security_group_ids  = [aws_security_group.stores.id]
}

resource "aws_elasticache_serverless_cache" "berths" {
  name               = "berths"
  engine             = "valkey"
  subnet_ids         = [for subnet in aws_subnet.inner : subnet.id]
  security_group_ids = [aws_security_group.stores.id]
}

resource "aws_memorydb_subnet_group" "inner" {
  name       = "inner"
  subnet_ids = [for subnet in aws_subnet.inner : subnet.id]
}

resource "aws_memorydb_cluster" "tides" {
  name                     = "tides"
  engine                   = "redis"
  acl_name                 = "open-access"
  node_type                = "db.t4g.small"
  subnet_group_name        = aws_memorydb_subnet_group.inner.name
  security_group_ids       = [aws_security_group.stores.id]
  snapshot_retention_limit = 3
}

resource "aws_dax_subnet_group" "inner" {
  name       = "inner"
  subnet_ids = [for subnet in aws_subnet.inner : subnet.id]
}

resource "aws_dax_cluster" "tables" {
  cluster_name       = "tables"
  node_type          = "dax.r5.large"
  replication_factor = 1
  iam_role_arn       = aws_iam_role.worker.arn
  subnet_group_name  = aws_dax_subnet_group.inner.name
  security_group_ids = [aws_security_group.stores.id]
  server_side_encryption {
    enabled = true
  }
}

resource "aws_fsx_lustre_file_system" "scratch" {
  storage_capacity                = 1200
  subnet_ids                      = [aws_subnet.inner["a"].id]
  security_group_ids              = [aws_security_group.stores.id]
  deployment_type                 = "PERSISTENT_2"
  automatic_backup_retention_days = 2
  tags                            = { Name = "scratch" }
}

resource "aws_mq_broker" "gates" {
  broker_name         = "gates"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.t3.micro"
  deployment_mode     = "SINGLE_INSTANCE"
  publicly_accessible = true
  subnet_ids          = [aws_subnet.inner["a"].id]
  security_groups     = [aws_security_group.stores.id]
  user {
    username = "gatekeeper"
    password = "not-the-one-of-the-estate"
  }
}

resource "aws_msk_cluster" "events" {
  cluster_name           = "events"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 2
  broker_node_group_info {
    instance_type   = "kafka.t3.small"
    client_subnets  = [for subnet in aws_subnet.inner : subnet.id]
    security_groups = [aws_security_group.stores.id]
  }
  client_authentication {
    unauthenticated = true
    sasl {
      iam = true
    }
  }
}

resource "aws_msk_serverless_cluster" "trickle" {
  cluster_name = "trickle"
  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.inner : subnet.id]
    security_group_ids = [aws_security_group.stores.id]
  }
  client_authentication {
    sasl {
      iam {
        enabled = true
      }
    }
  }
}

# Stores.

resource "aws_ebs_volume" "log" {
  availability_zone = "eu-north-1a"
  size              = 8
  encrypted         = false
  tags              = { Name = "log" }
}

resource "aws_ebs_snapshot" "log" {
  volume_id = aws_ebs_volume.log.id
  tags      = { Name = "log" }
}

resource "aws_snapshot_create_volume_permission" "log" {
  snapshot_id = aws_ebs_snapshot.log.id
  account_id  = "999900001111"
}

resource "aws_db_snapshot" "cargo" {
  db_instance_identifier = aws_db_instance.cargo.identifier
  db_snapshot_identifier = "cargo-once"
  shared_accounts        = ["all"]
}

resource "aws_kinesis_stream" "clicks" {
  name            = "clicks"
  shard_count     = 1
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
}

resource "aws_kinesis_resource_policy" "clicks" {
  resource_arn = aws_kinesis_stream.clicks.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["kinesis:GetRecords", "kinesis:GetShardIterator"]
      Resource  = aws_kinesis_stream.clicks.arn
    }]
  })
}

resource "aws_backup_vault" "copies" {
  name = "copies"
}

resource "aws_backup_vault_policy" "copies" {
  backup_vault_name = aws_backup_vault.copies.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "backup:CopyIntoBackupVault"
      Resource  = "*"
    }]
  })
}

resource "aws_ecrpublic_repository" "tools" {
  provider        = aws.america
  repository_name = "tools"
}

# Fronts.

resource "aws_transfer_server" "drop" {
  endpoint_type = "PUBLIC"
  protocols     = ["SFTP"]
}

resource "aws_appsync_graphql_api" "prices" {
  name                = "prices"
  authentication_type = "API_KEY"
}

resource "aws_appsync_datasource" "prices" {
  api_id           = aws_appsync_graphql_api.prices.id
  name             = "quote"
  type             = "AWS_LAMBDA"
  service_role_arn = aws_iam_role.worker.arn
  lambda_config {
    function_arn = aws_lambda_function.quote.arn
  }
}

resource "aws_instance" "gate" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.inner["a"].id
  vpc_security_group_ids = [aws_security_group.stores.id]
  iam_instance_profile   = aws_iam_instance_profile.worker.name
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
  tags = { Name = "gate" }
}

resource "aws_globalaccelerator_accelerator" "world" {
  name    = "world"
  enabled = true
}

resource "aws_globalaccelerator_listener" "https" {
  accelerator_arn = aws_globalaccelerator_accelerator.world.id
  protocol        = "TCP"
  port_range {
    from_port = 443
    to_port   = 443
  }
}

resource "aws_globalaccelerator_endpoint_group" "gate" {
  listener_arn          = aws_globalaccelerator_listener.https.id
  endpoint_group_region = "eu-north-1"
  endpoint_configuration {
    endpoint_id = aws_instance.gate.id
  }
}

# What runs.

resource "aws_apprunner_vpc_connector" "inner" {
  vpc_connector_name = "inner"
  subnets            = [for subnet in aws_subnet.inner : subnet.id]
  security_groups    = [aws_security_group.stores.id]
}

resource "aws_apprunner_service" "shop" {
  service_name = "shop"
  source_configuration {
    image_repository {
      image_identifier      = "public.ecr.aws/example/shop:1"
      image_repository_type = "ECR_PUBLIC"
      image_configuration {
        port = "8080"
        runtime_environment_variables = {
          SHOP_TOKEN = "correct-horse-battery"
        }
      }
    }
  }
  instance_configuration {
    instance_role_arn = aws_iam_role.worker.arn
  }
  network_configuration {
    egress_configuration {
      egress_type       = "VPC"
      vpc_connector_arn = aws_apprunner_vpc_connector.inner.arn
    }
  }
}

resource "aws_sagemaker_notebook_instance" "forecast" {
  name            = "forecast"
  role_arn        = aws_iam_role.worker.arn
  instance_type   = "ml.t3.medium"
  subnet_id       = aws_subnet.inner["a"].id
  security_groups = [aws_security_group.stores.id]
}

resource "aws_emr_cluster" "crunch" {
  name          = "crunch"
  release_label = "emr-7.1.0"
  service_role  = aws_iam_role.worker.arn
  ec2_attributes {
    subnet_id                         = aws_subnet.inner["a"].id
    instance_profile                  = aws_iam_instance_profile.worker.arn
    emr_managed_master_security_group = aws_security_group.stores.id
    emr_managed_slave_security_group  = aws_security_group.stores.id
  }
  master_instance_group {
    instance_type = "m5.xlarge"
  }
}

resource "aws_elastic_beanstalk_application" "old" {
  name = "old"
}

resource "aws_elastic_beanstalk_environment" "old" {
  name                = "weighbridge"
  application         = aws_elastic_beanstalk_application.old.name
  solution_stack_name = "64bit Amazon Linux 2023 v4.0.0 running Docker"
  setting {
    namespace = "aws:ec2:vpc"
    name      = "Subnets"
    value     = aws_subnet.inner["a"].id
  }
  setting {
    namespace = "aws:ec2:vpc"
    name      = "ELBScheme"
    value     = "internal"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "IamInstanceProfile"
    value     = aws_iam_instance_profile.worker.name
  }
  setting {
    namespace = "aws:elasticbeanstalk:application:environment"
    name      = "OLD_PASSWORD"
    value     = "correct-horse-battery"
  }
}

resource "aws_lightsail_instance" "blog" {
  name              = "blog"
  availability_zone = "eu-north-1a"
  blueprint_id      = "amazon_linux_2023"
  bundle_id         = "nano_3_0"
}

resource "aws_lightsail_instance_public_ports" "blog" {
  instance_name = aws_lightsail_instance.blog.name
  port_info {
    protocol  = "tcp"
    from_port = 443
    to_port   = 443
    cidrs     = ["0.0.0.0/0"]
  }
}

resource "aws_mwaa_environment" "plans" {
  name                  = "plans"
  dag_s3_path           = "dags"
  source_bucket_arn     = aws_s3_bucket.manifests.arn
  execution_role_arn    = aws_iam_role.worker.arn
  webserver_access_mode = "PUBLIC_ONLY"
  network_configuration {
    subnet_ids         = [for subnet in aws_subnet.inner : subnet.id]
    security_group_ids = [aws_security_group.stores.id]
  }
}

resource "aws_batch_compute_environment" "nightly" {
  name         = "nightly"
  type         = "MANAGED"
  service_role = aws_iam_role.worker.arn
  compute_resources {
    type               = "EC2"
    min_vcpus          = 0
    max_vcpus          = 4
    instance_type      = ["optimal"]
    instance_role      = aws_iam_instance_profile.worker.arn
    subnets            = [for subnet in aws_subnet.inner : subnet.id]
    security_group_ids = [aws_security_group.stores.id]
  }
}

resource "aws_batch_job_definition" "count" {
  name = "count"
  type = "container"
  container_properties = jsonencode({
    image       = "busybox"
    jobRoleArn  = aws_iam_role.worker.arn
    memory      = 128
    vcpus       = 1
    environment = [{ name = "COUNT_TOKEN", value = "correct-horse-battery" }]
  })
}

resource "aws_dms_replication_subnet_group" "inner" {
  replication_subnet_group_id          = "inner"
  replication_subnet_group_description = "Inner"
  subnet_ids                           = [for subnet in aws_subnet.inner : subnet.id]
}

resource "aws_dms_replication_instance" "copy" {
  replication_instance_id     = "copy"
  replication_instance_class  = "dms.t3.micro"
  publicly_accessible         = false
  replication_subnet_group_id = aws_dms_replication_subnet_group.inner.id
  vpc_security_group_ids      = [aws_security_group.stores.id]
}

# What acts as a role, and what is known by its policy.

resource "aws_glue_job" "clean" {
  name     = "clean"
  role_arn = aws_iam_role.worker.arn
  command {
    script_location = "s3://${aws_s3_bucket.manifests.bucket}/clean.py"
  }
  default_arguments = {
    "--api_token" = "correct-horse-battery"
  }
}

resource "aws_glue_connection" "cargo" {
  name = "cargo"
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:postgresql://cargo:5432/cargo"
    USERNAME            = "root"
  }
}

resource "aws_sfn_state_machine" "load" {
  name       = "load"
  role_arn   = aws_iam_role.worker.arn
  definition = jsonencode({ StartAt = "done", States = { done = { Type = "Succeed" } } })
}

resource "aws_cloudformation_stack" "legacy" {
  name          = "legacy"
  template_body = jsonencode({ Parameters = { Stage = { Type = "String" } }, Resources = { Wait = { Type = "AWS::CloudFormation::WaitConditionHandle" } } })
  parameters    = { Stage = "production" }
}

resource "aws_cloudwatch_event_bus" "orders" {
  name = "orders"
}

resource "aws_cloudwatch_event_bus_policy" "orders" {
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "everyone"
      Effect    = "Allow"
      Principal = "*"
      Action    = "events:PutEvents"
      Resource  = "arn:aws:events:eu-north-1:555566667777:event-bus/orders"
    }]
  })
}

resource "aws_glue_resource_policy" "catalog" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "glue:GetTables"
      Resource  = "arn:aws:glue:eu-north-1:555566667777:*"
    }]
  })
}

resource "aws_s3_bucket" "manifests" {
  bucket = "pier-manifests"
}

resource "aws_s3_bucket_public_access_block" "manifests" {
  bucket                  = aws_s3_bucket.manifests.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_access_point" "partner" {
  name   = "partner"
  bucket = aws_s3_bucket.manifests.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::999900001111:root" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:eu-north-1:555566667777:accesspoint/partner/object/*"
    }]
  })
}

resource "aws_cognito_user_pool" "members" {
  name = "members"
}

resource "aws_cognito_identity_pool" "app" {
  identity_pool_name               = "app"
  allow_unauthenticated_identities = true
  cognito_identity_providers {
    client_id     = "3ho4ek12345678909nh3fmhpko"
    provider_name = aws_cognito_user_pool.members.endpoint
  }
}

resource "aws_cognito_identity_pool_roles_attachment" "app" {
  identity_pool_id = aws_cognito_identity_pool.app.id
  roles = {
    authenticated   = aws_iam_role.worker.arn
    unauthenticated = aws_iam_role.guest.arn
  }
}
