"""Who comes to run code by writing what something else runs; and what is pinned against that."""

import pytest

from graphs.attack.changes import COSTS, Kind
from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths
from graphs.estate import Relation
from graphs.network.reach import INTERNET

EVE, ROLE = "aws_iam_user.eve", "aws_iam_role.works"
HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"

PEOPLE = """
resource "aws_iam_user" "eve" {
  name = "eve"
}
resource "aws_iam_user_login_profile" "eve" {
  user = aws_iam_user.eve.name
}
resource "aws_iam_user_policy" "eve" {
  user   = aws_iam_user.eve.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = [ACTIONS], Resource = "*" }] })
}
resource "aws_iam_role" "works" {
  name               = "works"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = ["ecs-tasks.amazonaws.com", "codebuild.amazonaws.com"] }
  }] })
}
resource "aws_iam_role_policy" "works" {
  role   = aws_iam_role.works.name
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = "s3:GetObject"
    Resource = "arn:aws:s3:::customer-list/*"
  }] })
}
resource "aws_s3_bucket" "loot" {
  bucket = "customer-list"
}
resource "aws_s3_bucket" "code" {
  bucket = "code"
}
"""

REPOSITORY = """
resource "aws_ecr_repository" "web" {
  name                 = "web"
  image_tag_mutability = "%s"
}
"""
TASK = """
resource "aws_ecs_service" "web" {
  name            = "web"
  task_definition = aws_ecs_task_definition.web.arn
}
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  task_role_arn         = aws_iam_role.works.arn
  container_definitions = jsonencode([{ name = "web", image = "%s" }])
}
"""
LATEST = "${aws_ecr_repository.web.repository_url}:latest"
DIGEST = "${aws_ecr_repository.web.repository_url}@sha256:" + "0" * 64
FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.works.arn
  %s
}
"""
ZIP = 's3_bucket = aws_s3_bucket.code.id\n  s3_key    = "f.zip"'
JOB = """
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = aws_iam_role.works.arn
  command {
    script_location = "s3://${aws_s3_bucket.code.bucket}/%s"
  }
}
"""
STACK = """
resource "aws_cloudformation_stack" "s" {
  name         = "s"
  iam_role_arn = aws_iam_role.works.arn
  template_url = "https://code.s3.eu-west-1.amazonaws.com/stack.yml"
}
"""
AIRFLOW = """
resource "aws_mwaa_environment" "a" {
  name               = "a"
  dag_s3_path        = "dags"
  execution_role_arn = aws_iam_role.works.arn
  source_bucket_arn  = aws_s3_bucket.code.arn
  network_configuration {
    security_group_ids = []
    subnet_ids         = []
  }
}
"""
BEANSTALK = """
resource "aws_elastic_beanstalk_application" "shop" {
  name = "shop"
}
resource "aws_elastic_beanstalk_application_version" "v" {
  name        = "v1"
  application = aws_elastic_beanstalk_application.shop.name
  bucket      = aws_s3_bucket.code.id
  key         = "shop.zip"
}
resource "aws_elastic_beanstalk_environment" "shop" {
  name          = "shop"
  application   = aws_elastic_beanstalk_application.shop.name
  version_label = aws_elastic_beanstalk_application_version.v.name
}
"""
PROJECT = """
resource "aws_codebuild_project" "b" {
  name         = "b"
  service_role = aws_iam_role.works.arn
  artifacts { type = "%(type)s" }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "%(image)s"
    type         = "LINUX_CONTAINER"
  }
  source {
    type = "%(type)s"
    %(more)s
  }
}
"""
CODE = """
resource "aws_codecommit_repository" "app" {
  repository_name = "app"
}
"""
PIPELINE = """
resource "aws_codepipeline" "p" {
  name     = "p"
  role_arn = aws_iam_role.works.arn
  artifact_store {
    location = aws_s3_bucket.code.bucket
    type     = "S3"
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      version          = "1"
      provider         = "CodeCommit"
      output_artifacts = ["%s"]
      configuration = {
        RepositoryName = aws_codecommit_repository.app.repository_name
        BranchName     = "main"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      version         = "1"
      provider        = "CodeBuild"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.b.name }
    }
  }
}
"""
FLEET = """
resource "aws_iam_instance_profile" "works" {
  name = "works"
  role = aws_iam_role.works.name
}
resource "aws_launch_template" "t" {
  name          = "t"
  image_id      = "ami-1"
  instance_type = "t3.micro"
  user_data     = base64encode(<<-END
    #!/bin/bash
    aws s3 cp s3://code/%(file)s /opt/start.sh
    %(then)s
  END
  )
  iam_instance_profile {
    name = aws_iam_instance_profile.works.name
  }
}
resource "aws_autoscaling_group" "g" {
  name     = "g"
  min_size = 1
  max_size = 1
  launch_template {
    id      = aws_launch_template.t.id
    version = %(version)s
  }
}
"""
STARTED = {"file": "start.sh", "then": "bash /opt/start.sh", "version": '"1"'}
INSTANCE = """
resource "aws_instance" "i" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  user_data     = "#!/bin/bash\\naws s3 cp s3://code/start.sh .\\n./start.sh"
}
"""
EMR = """
resource "aws_iam_instance_profile" "emr" {
  name = "emr"
  role = aws_iam_role.works.name
}
resource "aws_emr_cluster" "e" {
  name          = "e"
  release_label = "emr-7.0.0"
  service_role  = aws_iam_role.works.arn
  ec2_attributes {
    instance_profile = aws_iam_instance_profile.emr.arn
  }
  master_instance_group {
    instance_type = "m5.xlarge"
  }
  bootstrap_action {
    name = "start"
    path = "s3://code/start.sh"
  }
}
"""
MACHINE = """
resource "aws_sfn_state_machine" "m" {
  name       = "m"
  role_arn   = aws_iam_role.works.arn
  definition = "{}"
}
"""


def project(kind="NO_SOURCE", more="", image="aws/codebuild/standard:7.0"):
    return PROJECT % {"type": kind, "more": more, "image": image}


PUSH = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage")
PUT = ("s3:PutObject",)
GIT = ("codecommit:GitPush",)
SERVICE, BUILD, GROUP = "aws_ecs_service.web", "aws_codebuild_project.b", "aws_autoscaling_group.g"
TASKS = REPOSITORY % "MUTABLE" + TASK % LATEST
CASES = {
    "an image by a tag": (PUSH, TASKS, {("push-image", SERVICE)}),
    "an image by a tag of the repository's name": (
        PUSH,
        REPOSITORY % "MUTABLE" + TASK % f"{HOST}/web",
        {("push-image", SERVICE)},
    ),
    "an image by its digest": (PUSH, REPOSITORY % "MUTABLE" + TASK % DIGEST, set()),
    "an image whose tags are locked": (PUSH, REPOSITORY % "IMMUTABLE" + TASK % LATEST, set()),
    "a locked tag that one may take away": (
        (*PUSH, "ecr:BatchDeleteImage"),
        REPOSITORY % "IMMUTABLE" + TASK % LATEST,
        {("push-image", SERVICE)},
    ),
    "an image of another account": (
        PUSH,
        REPOSITORY % "MUTABLE" + TASK % (HOST.replace("1111", "2222") + "/web"),
        set(),
    ),
    "an image that one may name and not upload": (PUSH[3:], TASKS, set()),
    "an image of a function": (
        PUSH,
        REPOSITORY % "MUTABLE" + FUNCTION % f'package_type = "Image"\n  image_uri = "{LATEST}"',
        {("push-image", "aws_lambda_function.f")},
    ),
    "an image of the hub": (PUSH, REPOSITORY % "MUTABLE" + TASK % "nginx:latest", set()),
    "an image that builds run in": (
        PUSH,
        REPOSITORY % "MUTABLE" + project(image=LATEST),
        {("push-image", BUILD)},
    ),
    "the archive of a function": (
        PUT,
        FUNCTION % ZIP,
        {("replace-archive", "aws_lambda_function.f")},
    ),
    "a version of an archive": (PUT, FUNCTION % (ZIP + '\n  s3_object_version = "3"'), set()),
    "the script of a job": (PUT, JOB % "etl.py", {("replace-script", ROLE)}),
    "the template of a stack": (PUT, STACK, {("replace-archive", ROLE)}),
    "the graphs of Airflow": (PUT, AIRFLOW, {("replace-script", "aws_mwaa_environment.a")}),
    "the archive of a web application": (
        PUT,
        BEANSTALK,
        {("replace-archive", "aws_elastic_beanstalk_environment.shop")},
    ),
    "a repository that is built": (
        GIT,
        CODE
        + project(
            "CODECOMMIT", 'location = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app"'
        ),
        {("push-source", BUILD)},
    ),
    "a repository that a pipeline builds": (
        GIT,
        CODE + project("CODEPIPELINE") + PIPELINE % "source",
        {("push-source", BUILD)},
    ),
    "a repository whose output nothing builds": (
        GIT,
        CODE + project("CODEPIPELINE") + PIPELINE % "other",
        set(),
    ),
    "the artifacts of a pipeline": (
        PUT,
        CODE + project("CODEPIPELINE") + PIPELINE % "source",
        {("replace-artifact", BUILD)},
    ),
    "an archive that is built": (
        PUT,
        project("S3", 'location = "code/src.zip"'),
        {("push-source", BUILD)},
    ),
    "a build project": (("codebuild:UpdateProject",), project(), {("rewrite-build", ROLE)}),
    "a state machine": (
        ("states:UpdateStateMachine",),
        MACHINE,
        {("rewrite-state-machine", ROLE)},
    ),
    "a script that a fleet fetches and runs": (
        PUT,
        FLEET % STARTED,
        {("replace-script", GROUP)},
    ),
    "a file that a fleet fetches and reads": (
        PUT,
        FLEET % {**STARTED, "then": "cat /opt/start.sh"},
        set(),
    ),
    "the newest version of a template": (
        ("ec2:CreateLaunchTemplateVersion",),
        FLEET % {**STARTED, "version": '"$Latest"'},
        {("rewrite-started-template", GROUP)},
    ),
    "the default version of a template, which one may not set": (
        ("ec2:CreateLaunchTemplateVersion",),
        FLEET % {**STARTED, "version": '"$Default"'},
        set(),
    ),
    "the default version of a template, which one may set": (
        ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
        FLEET % {**STARTED, "version": '"$Default"'},
        {("rewrite-started-template", GROUP), ("rewrite-launch-template", ROLE)},
    ),
    "the default version of a template that is started by number": (
        ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
        FLEET % STARTED,
        set(),
    ),
    "a version that Terraform sets": (
        ("ec2:CreateLaunchTemplateVersion",),
        FLEET % {**STARTED, "version": "aws_launch_template.t.latest_version"},
        set(),
    ),
    "a cluster for big data": (
        ("elasticmapreduce:AddJobFlowSteps",),
        EMR,
        {("command-big-data-cluster", ROLE)},
    ),
    "the script that a cluster for big data begins with": (
        PUT,
        EMR,
        {("replace-script", "aws_emr_cluster.e")},
    ),
    "a script that one machine fetches once": (PUT, INSTANCE, set()),
}


def estate_of(actions, text):
    return PEOPLE.replace("ACTIONS", ", ".join(f'"{each}"' for each in actions)) + text


def gained(estate, by=EVE):
    found = estate.edges(Relation.MAY_CALL, source=by)
    return {(edge.allows, edge.target) for edge in found if edge.answer.certain}


@pytest.mark.parametrize("case", CASES)
def test_who_writes_what_something_runs(built, case):
    actions, text, expected = CASES[case]
    assert gained(built(estate_of(actions, text))) == expected


def test_the_way_leads_over_the_service_to_what_its_role_reads(built):
    estate = built(estate_of(PUSH, TASKS))
    (path,) = [each for each in attack_paths(estate) if each.answer.certain]
    assert path.techniques == ("push-image", "steal-workload-credentials", "read-store")
    places = [str(s.proof.place) for s in path.hops()[0].evidence if s.proof and s.proof.place]
    claims = [s.claim for hop in path.hops() for s in hop.evidence]
    assert "web runs the image web by its tag latest" in claims
    assert "Of the image repository, its tags can be moved" in claims
    assert len(places) >= 3


def test_a_bucket_that_anybody_writes_runs_the_code_of_anybody(built):
    policy = """
    resource "aws_s3_bucket_policy" "code" {
      bucket = aws_s3_bucket.code.id
      policy = jsonencode({ Statement = [{
        Effect    = "Allow"
        Action    = "s3:PutObject"
        Principal = "*"
        Resource  = "arn:aws:s3:::code/%s"
      }] })
    }
    resource "aws_s3_bucket_public_access_block" "code" {
      bucket                  = aws_s3_bucket.code.id
      restrict_public_buckets = false
    }
    """
    text = estate_of(("s3:ListBucket",), JOB % "etl.py")
    assert gained(built(text + policy % "etl*"), INTERNET) == {("replace-script", ROLE)}
    assert gained(built(text + policy % "logs/*"), INTERNET) == set()


def test_what_is_not_known_leaves_it_open(built):
    text = 'variable "tags" {}\n' + (REPOSITORY % "X").replace('"X"', "var.tags") + TASK % LATEST
    estate = built(estate_of(PUSH, text))
    (edge,) = estate.edges(Relation.MAY_CALL, source=EVE)
    assert not edge.answer.certain
    assert {u.what for u in edge.answer.because} == {"var.tags"}


@pytest.mark.parametrize("more", [(), ("ecr:BatchDeleteImage",)])
def test_to_lock_the_tags_ends_the_way_unless_they_can_be_taken_away(built, more):
    estate = built(estate_of((*PUSH, *more), TASKS))
    kinds = [stage.change.kind for stage in Cutting(estate).cut().stages]
    assert kinds == [Kind.POLICY if more else Kind.LOCK_TAGS]


def test_the_policy_of_a_repository_may_let_somebody_push(built):
    policy = """
    resource "aws_ecr_repository_policy" "web" {
      repository = aws_ecr_repository.web.name
      policy     = jsonencode({ Statement = [{
        Effect = "Allow", Action = "ecr:*", Principal = { AWS = aws_iam_user.eve.arn }
      }] })
    }
    """
    estate = built(estate_of(("s3:ListBucket",), TASKS + policy))
    assert gained(estate) == {("push-image", SERVICE)}
    costs = {**COSTS, Kind.LOCK_TAGS: 9}
    (stage,) = Cutting(estate, costs=costs).cut().stages
    assert (stage.change.kind, stage.change.node) == (Kind.STORE_POLICY, "aws_ecr_repository.web")
