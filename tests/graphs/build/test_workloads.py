"""What runs its owner's code on machines of AWS: where it is, as whom, and what it answers."""

import pytest

from graphs.network.reach import INTERNET
from graphs.nodes import Workload
from tests.graphs.build.land import LAND
from tests.graphs.build.test_managed import OPEN, verdict

ROLE = """
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_iam_instance_profile" "p" {
  name = "p"
  role = aws_iam_role.r.name
}
"""

# Type, arguments, port, and whether the internet gets to it.
WORKLOADS = [
    (
        "aws_apprunner_service",
        """
        service_name = "x"
        source_configuration {}
        instance_configuration {
          instance_role_arn = aws_iam_role.r.arn
        }
        """,
        443,
        "yes",
    ),
    (
        "aws_apprunner_service",
        """
        service_name = "x"
        source_configuration {}
        instance_configuration {
          instance_role_arn = aws_iam_role.r.arn
        }
        network_configuration {
          ingress_configuration {
            is_publicly_accessible = false
          }
        }
        """,
        443,
        "no",
    ),
    (
        "aws_sagemaker_notebook_instance",
        """
        name            = "x"
        instance_type   = "ml.t3.medium"
        role_arn        = aws_iam_role.r.arn
        subnet_id       = aws_subnet.b.id
        security_groups = [aws_security_group.open.id]
        """,
        22,
        "no",
    ),
    (
        "aws_glue_dev_endpoint",
        'name = "x"\nrole_arn = aws_iam_role.r.arn',
        22,
        "yes",
    ),
    (
        "aws_codebuild_project",
        """
        name         = "x"
        service_role = aws_iam_role.r.arn
        artifacts {
          type = "NO_ARTIFACTS"
        }
        environment {
          compute_type = "BUILD_GENERAL1_SMALL"
          image        = "aws/codebuild/standard:7.0"
          type         = "LINUX_CONTAINER"
        }
        source {
          type = "NO_SOURCE"
        }
        """,
        443,
        "no",
    ),
    (
        "aws_emr_cluster",
        """
        name          = "x"
        release_label = "emr-7.0.0"
        service_role  = "arn:aws:iam::111111111111:role/emr"
        ec2_attributes {
          subnet_id                         = aws_subnet.b.id
          instance_profile                  = aws_iam_instance_profile.p.arn
          emr_managed_master_security_group = aws_security_group.open.id
          emr_managed_slave_security_group  = aws_security_group.open.id
        }
        """,
        8088,
        "yes",
    ),
    (
        "aws_mwaa_environment",
        """
        name                  = "x"
        dag_s3_path           = "dags/"
        source_bucket_arn     = "arn:aws:s3:::dags"
        execution_role_arn    = aws_iam_role.r.arn
        webserver_access_mode = "PUBLIC_ONLY"
        network_configuration {
          subnet_ids         = [aws_subnet.a.id]
          security_group_ids = [aws_security_group.open.id]
        }
        """,
        443,
        "yes",
    ),
    (
        "aws_batch_compute_environment",
        """
        type = "MANAGED"
        compute_resources {
          type               = "EC2"
          max_vcpus          = 4
          instance_role      = aws_iam_instance_profile.p.arn
          subnets            = [aws_subnet.a.id]
          security_group_ids = [aws_security_group.open.id]
        }
        """,
        22,
        "no",
    ),
    (
        "aws_elastic_beanstalk_environment",
        """
        name        = "x"
        application = "x"
        setting {
          namespace = "aws:ec2:vpc"
          name      = "Subnets"
          value     = aws_subnet.a.id
        }
        setting {
          namespace = "aws:autoscaling:launchconfiguration"
          name      = "IamInstanceProfile"
          value     = aws_iam_instance_profile.p.name
        }
        """,
        80,
        "maybe",
    ),
]


@pytest.mark.parametrize(("kind", "written", "port", "found"), WORKLOADS)
def test_a_workload_runs_as_its_role_where_it_is(built, kind, written, port, found):
    estate = built(f'{LAND}{OPEN}{ROLE}\nresource "{kind}" "x" {{\n{written}\n}}')
    made = estate.index.by_id[f"{kind}.x"]
    assert isinstance(made, Workload)
    assert made.role == "aws_iam_role.r"
    assert verdict(estate.network.reach(INTERNET, made.id).answer(6, port)) == found


def test_a_virtual_server_has_a_firewall_of_its_own(built):
    text = """
        resource "aws_lightsail_instance" "x" {
          name              = "x"
          availability_zone = "eu-west-1a"
          blueprint_id      = "ubuntu_22_04"
          bundle_id         = "nano_3_0"
        }
        """
    rules = """
        resource "aws_lightsail_instance_public_ports" "p" {
          instance_name = aws_lightsail_instance.x.name
          port_info {
            protocol  = "tcp"
            from_port = 22
            to_port   = 22
            cidrs     = ["203.0.113.0/24"]
          }
        }
        """
    asked = [("198.51.100.7", 22), ("203.0.113.9", 22), ("198.51.100.7", 80)]

    def answers(estate):
        place = "aws_lightsail_instance.x"
        return [verdict(estate.network.reach(s, place).answer(6, p)) for s, p in asked]

    assert answers(built(text)) == ["yes", "yes", "yes"]
    assert answers(built(text + rules)) == ["no", "yes", "no"]


def test_a_replication_instance_is_public_and_nobody_says_what_it_listens_on(built):
    text = """
        resource "aws_dms_replication_subnet_group" "g" {
          replication_subnet_group_id          = "g"
          replication_subnet_group_description = "g"
          subnet_ids                           = [aws_subnet.a.id]
        }
        resource "aws_dms_replication_instance" "x" {
          replication_instance_id     = "x"
          replication_instance_class  = "dms.t3.micro"
          replication_subnet_group_id = aws_dms_replication_subnet_group.g.id
          vpc_security_group_ids      = [aws_security_group.open.id]
          %s
        }
        """
    place = "aws_dms_replication_instance.x"
    shut = built(LAND + OPEN + text % "publicly_accessible = false")
    assert verdict(shut.network.reach(INTERNET, place).answer()) == "no"
    said = built(LAND + OPEN + text % "publicly_accessible = true").network.reach(INTERNET, place)
    assert verdict(said.answer()) == "maybe"
    assert "listens on" in str(said.packets.because)


def test_a_secret_in_a_builds_environment_is_seen(built):
    estate = built(
        """
        resource "aws_codebuild_project" "x" {
          name         = "x"
          service_role = "arn:aws:iam::111111111111:role/x"
          artifacts {
            type = "NO_ARTIFACTS"
          }
          environment {
            compute_type = "BUILD_GENERAL1_SMALL"
            image        = "aws/codebuild/standard:7.0"
            type         = "LINUX_CONTAINER"
            environment_variable {
              name  = "DEPLOY_TOKEN"
              value = "of-no-account-1"
            }
            environment_variable {
              name  = "OTHER_TOKEN"
              value = "a/parameter-of-ssm"
              type  = "PARAMETER_STORE"
            }
          }
          source {
            type = "NO_SOURCE"
          }
        }
        """
    )
    assert [s.name for s in estate.index.by_id["aws_codebuild_project.x"].settings] == [
        "DEPLOY_TOKEN"
    ]
