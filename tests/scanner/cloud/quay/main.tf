# Managed services of every kind that a sweep reads, beside RDS and ECS.

provider "aws" {
  region = "eu-north-1"
  assume_role { role_arn = "arn:aws:iam::333344445555:role/terraform" }
}

resource "aws_vpc" "quay" {
  cidr_block = "10.70.0.0/16"
  tags       = { Name = "quay" }
}

resource "aws_subnet" "inner" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.quay.id
  cidr_block        = cidrsubnet("10.70.0.0/16", 8, each.value)
  availability_zone = "eu-north-1${each.key}"
  tags              = { Name = "inner-${each.key}" }
}

resource "aws_security_group" "stores" {
  name   = "stores"
  vpc_id = aws_vpc.quay.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["10.70.0.0/16"]
  }
}

# Databases.

resource "aws_redshift_subnet_group" "inner" {
  name       = "inner"
  subnet_ids = [for subnet in aws_subnet.inner : subnet.id]
}

resource "aws_redshift_cluster" "ledger" {
  cluster_identifier        = "ledger"
  node_type                 = "ra3.large"
  master_username           = "root"
  master_password           = "not-the-one-of-the-estate1"
  cluster_subnet_group_name = aws_redshift_subnet_group.inner.name
  vpc_security_group_ids    = [aws_security_group.stores.id]
  encrypted                 = true
  publicly_accessible       = false
}

resource "aws_opensearch_domain" "open" {
  domain_name = "manifests"
  domain_endpoint_options {
    enforce_https = true
  }
  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "es:*"
      Resource  = "arn:aws:es:eu-north-1:333344445555:domain/manifests/*"
    }]
  })
}

resource "aws_efs_file_system" "archive" {
  creation_token = "archive"
  encrypted      = true
  tags           = { Name = "archive" }
}

resource "aws_efs_mount_target" "archive" {
  for_each = aws_subnet.inner

  file_system_id  = aws_efs_file_system.archive.id
  subnet_id       = each.value.id
  security_groups = [aws_security_group.stores.id]
}

# Stores.

resource "aws_dynamodb_table" "bookings" {
  name         = "bookings"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_sqs_queue" "orders" {
  name                    = "orders"
  sqs_managed_sse_enabled = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-north-1:333344445555:orders"
    }]
  })
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::333344445555:root" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-north-1:333344445555:alarms"
    }]
  })
}

resource "aws_ecr_repository" "images" {
  name = "images"
}

resource "aws_ecr_repository_policy" "images" {
  repository = aws_ecr_repository.images.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "ecr:BatchGetImage"
    }]
  })
}

# Fronts.

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["lambda.amazonaws.com", "codebuild.amazonaws.com", "eks.amazonaws.com"] }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_function" "quote" {
  function_name = "quote"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.13"
  handler       = "quote.handler"
  filename      = "quote.zip"
}

resource "aws_api_gateway_rest_api" "public" {
  name = "public"
}

resource "aws_api_gateway_resource" "quotes" {
  rest_api_id = aws_api_gateway_rest_api.public.id
  parent_id   = aws_api_gateway_rest_api.public.root_resource_id
  path_part   = "quotes"
}

resource "aws_api_gateway_method" "ask" {
  rest_api_id   = aws_api_gateway_rest_api.public.id
  resource_id   = aws_api_gateway_resource.quotes.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "ask" {
  rest_api_id             = aws_api_gateway_rest_api.public.id
  resource_id             = aws_api_gateway_resource.quotes.id
  http_method             = aws_api_gateway_method.ask.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.quote.invoke_arn
}

resource "aws_apigatewayv2_api" "partners" {
  name          = "partners"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "quote" {
  api_id           = aws_apigatewayv2_api.partners.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.quote.arn
}

resource "aws_apigatewayv2_route" "quote" {
  api_id             = aws_apigatewayv2_api.partners.id
  route_key          = "GET /quotes"
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.quote.id}"
}

resource "aws_s3_bucket" "site" {
  bucket = "quay-site"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    origin_id   = "site"
    domain_name = "quay-site.s3.eu-north-1.amazonaws.com"
    s3_origin_config {
      origin_access_identity = ""
    }
  }
  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
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

resource "aws_eks_cluster" "berths" {
  name     = "berths"
  role_arn = aws_iam_role.worker.arn
  vpc_config {
    subnet_ids          = [for subnet in aws_subnet.inner : subnet.id]
    public_access_cidrs = ["198.51.100.0/24"]
  }
}

resource "aws_codebuild_project" "images" {
  name         = "images"
  service_role = aws_iam_role.worker.arn
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
    environment_variable {
      name  = "REGISTRY_TOKEN"
      value = "correct-horse-battery"
    }
  }
  source {
    type     = "GITHUB"
    location = "https://github.com/example/images"
  }
}
