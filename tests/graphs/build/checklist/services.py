"""Services: where what the internet reaches really comes from."""

from tests.graphs.build.checklist.land import (
    APP,
    BASE,
    BOTH,
    INTERNET,
    LAND,
    OUT,
    WEB,
    Line,
    group,
    subnet,
)
from tests.graphs.build.checklist.things import (
    ACCELERATOR,
    AIRFLOW,
    API,
    BIG,
    BROKER,
    CACHE,
    CDN,
    CLASSIC,
    CLUSTER,
    COPIER,
    DATABASE,
    DOMAIN,
    FILES,
    FUNCTION,
    GAPS,
    IN_VPC,
    KAFKA,
    LIGHTSAIL,
    NOTEBOOK,
    PRIVATE,
    RUNNER,
    SECOND,
    SERVER,
    TASK,
    WAREHOUSE,
)

DEEP = subnet("deep", "10.0.4.0/24", "inner", zone="eu-west-1b")


def balancer(kind, internal=False, worn="any", port=443):
    """A balancer with a target group of the inner instance."""
    groups = f"security_groups = [aws_security_group.{worn}.id]" if worn else ""
    protocol = "TCP" if kind == "network" else "HTTPS"
    places = "aws_subnet.app.id, aws_subnet.deep.id" if internal else (
        "aws_subnet.web.id, aws_subnet.second.id"
    )  # fmt: skip
    return (
        SECOND
        + DEEP
        + f"""
resource "aws_lb" "b" {{
  name               = "b"
  load_balancer_type = "{kind}"
  internal           = {str(internal).lower()}
  subnets            = [{places}]
  {groups}
}}
resource "aws_lb_target_group" "t" {{
  port     = 80
  protocol = "{"TCP" if kind == "network" else "HTTP"}"
  vpc_id   = aws_vpc.v.id
}}
resource "aws_lb_target_group_attachment" "t" {{
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_instance.app.id
}}
resource "aws_lb_listener" "l" {{
  load_balancer_arn = aws_lb.b.arn
  port              = {port}
  protocol          = "{protocol}"
  default_action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }}
}}
"""
    )


LB = "aws_lb.b"

SERVICES = {
    "an application balancer that faces the internet": Line(
        "yes", BOTH + balancer("application"), INTERNET, LB
    ),
    "an internal one": Line("no", BOTH + balancer("application", internal=True), INTERNET, LB),
    "on its listeners' ports alone": Line("no", BOTH + balancer("application"), INTERNET, LB, 80),
    "as its group allows": Line(
        "no", BOTH + group("shut") + balancer("application", worn="shut"), INTERNET, LB
    ),
    "a network balancer without a group lets everybody in": Line(
        "yes", BOTH + balancer("network", worn=""), INTERNET, LB
    ),
    "where its targets do": Line(
        "no",
        BASE
        + group("own", OUT)
        + BOTH.removeprefix(BASE).replace(
            'aws_security_group.any.id]\n  private_ip = "10.0.2.10"',
            'aws_security_group.own.id]\n  private_ip = "10.0.2.10"',
        )
        + balancer("network", worn=""),
        INTERNET,
        LB,
    ),
    "it answers no ping": Line("no", BOTH + balancer("network", worn=""), INTERNET, LB, 8, 1),
    "it cannot lead a target back to itself": Line(
        "no", BOTH + balancer("network", worn="", internal=True), APP, LB
    ),
    "a classic balancer": Line("yes", BOTH + CLASSIC % "false", INTERNET, "aws_elb.b"),
    "an internal classic one": Line("no", BOTH + CLASSIC % "true", INTERNET, "aws_elb.b"),
    "a REST API": Line("yes", BOTH + API % "", INTERNET, "aws_api_gateway_rest_api.a"),
    "a private API": Line("no", BOTH + API % PRIVATE, INTERNET, "aws_api_gateway_rest_api.a"),
    "a distribution": Line("yes", BOTH + CDN % "true", INTERNET, "aws_cloudfront_distribution.c"),
    "that is switched off": Line(
        "no", BOTH + CDN % "false", INTERNET, "aws_cloudfront_distribution.c"
    ),
    "an accelerator": Line(
        "yes",
        BOTH + balancer("application", internal=True) + ACCELERATOR,
        INTERNET,
        "aws_globalaccelerator_accelerator.a",
    ),
    "what it publishes has no public address by that": Line(
        "no", BOTH + balancer("application", internal=True) + ACCELERATOR, INTERNET, LB
    ),
    "a function's interfaces are for its own connections": Line(
        "no", BOTH + FUNCTION, WEB, "aws_lambda_function.f"
    ),
    "App Runner": Line("yes", BOTH + RUNNER % "true", INTERNET, "aws_apprunner_service.s"),
    "App Runner, private": Line("no", BOTH + RUNNER % "false", INTERNET, "aws_apprunner_service.s"),
    "a task with a public address": Line(
        "yes", BOTH + TASK % "true", INTERNET, "aws_ecs_service.s"
    ),
    "a task without": Line("no", BOTH + TASK % "false", INTERNET, "aws_ecs_service.s"),
    "a cluster's public API": Line(
        "yes", BOTH + CLUSTER % ("true", ""), INTERNET, "aws_eks_cluster.c"
    ),
    "for some": Line(
        "no",
        BOTH + CLUSTER % ("true", 'public_access_cidrs = ["203.0.113.0/24"]'),
        "198.51.100.7",
        "aws_eks_cluster.c",
    ),
    "a cluster's private API": Line(
        "no", BOTH + CLUSTER % ("false", ""), INTERNET, "aws_eks_cluster.c"
    ),
    "a public database": Line(
        "yes", BOTH + DATABASE % ("web", "true"), INTERNET, "aws_db_instance.d", 5432
    ),
    "the flag alone opens nothing": Line(
        "no", BOTH + DATABASE % ("app", "true"), INTERNET, "aws_db_instance.d", 5432
    ),
    "nor does the subnet": Line(
        "no", BOTH + DATABASE % ("web", "false"), INTERNET, "aws_db_instance.d", 5432
    ),
    "a database listens on its port": Line(
        "no", BOTH + DATABASE % ("web", "true"), WEB, "aws_db_instance.d", 22
    ),
    "a public warehouse": Line(
        "yes", BOTH + WAREHOUSE % ("true", "false"), INTERNET, "aws_redshift_cluster.w", 5439
    ),
    "a public workgroup": Line(
        "yes",
        BOTH + WAREHOUSE % ("false", "true"),
        INTERNET,
        "aws_redshiftserverless_workgroup.s",
        5439,
    ),
    "a private workgroup": Line(
        "no",
        BOTH + WAREHOUSE % ("true", "false"),
        INTERNET,
        "aws_redshiftserverless_workgroup.s",
        5439,
    ),
    "a search domain without a VPC": Line(
        "yes", BOTH + DOMAIN % "", INTERNET, "aws_opensearch_domain.d"
    ),
    "in a VPC": Line("no", BOTH + DOMAIN % IN_VPC, INTERNET, "aws_opensearch_domain.d"),
    "brokers of Kafka inside": Line(
        "yes", BOTH + KAFKA % "DISABLED", WEB, "aws_msk_cluster.k", 9098
    ),
    "are not outside": Line("no", BOTH + KAFKA % "DISABLED", INTERNET, "aws_msk_cluster.k", 9198),
    "unless they are published": Line(
        "yes", BOTH + KAFKA % "SERVICE_PROVIDED_EIPS", INTERNET, "aws_msk_cluster.k", 9198
    ),
    "a public broker": Line("yes", BOTH + BROKER % "true", INTERNET, "aws_mq_broker.m", 5671),
    "a private broker": Line("no", BOTH + BROKER % "false", INTERNET, "aws_mq_broker.m", 5671),
    "a cache": Line("yes", BOTH + CACHE, WEB, "aws_elasticache_cluster.c", 6379),
    "is never public": Line("no", BOTH + CACHE, INTERNET, "aws_elasticache_cluster.c", 6379),
    "a file system": Line("yes", BOTH + FILES, WEB, "aws_efs_file_system.f", 2049),
    "is never public either": Line("no", BOTH + FILES, INTERNET, "aws_efs_file_system.f", 2049),
    "nor one of FSx": Line("no", BOTH + FILES, INTERNET, "aws_fsx_lustre_file_system.x", 988),
    "a public replication instance leads out": Line(
        "yes", BOTH + COPIER % "true", "aws_dms_replication_instance.r", INTERNET
    ),
    "what it listens on nobody says": Line(
        "?", BOTH + COPIER % "true", INTERNET, "aws_dms_replication_instance.r"
    ),
    "a private one is not reached": Line(
        "no", BOTH + COPIER % "false", INTERNET, "aws_dms_replication_instance.r"
    ),
    "a cluster for big data in a private subnet": Line(
        "no", BOTH + BIG % "app", INTERNET, "aws_emr_cluster.e", 22
    ),
    "a notebook": Line(
        "no", BOTH + NOTEBOOK % "Disabled", INTERNET, "aws_sagemaker_notebook_instance.n", 22
    ),
    "a machine of Lightsail": Line(
        "yes", BOTH + LIGHTSAIL % (22, 22), INTERNET, "aws_lightsail_instance.l", 22
    ),
    "on the ports that are opened": Line(
        "no", BOTH + LIGHTSAIL % (22, 22), INTERNET, "aws_lightsail_instance.l", 3306
    ),
    "the web server of Airflow": Line(
        "yes", BOTH + AIRFLOW % "PUBLIC_ONLY", INTERNET, "aws_mwaa_environment.m"
    ),
    "a private one": Line(
        "no", BOTH + AIRFLOW % "PRIVATE_ONLY", INTERNET, "aws_mwaa_environment.m"
    ),
    "a server for transfers": Line(
        "yes", BOTH + SERVER % ("PUBLIC", ""), INTERNET, "aws_transfer_server.t", 22
    ),
    **{
        kind: Line(kind, LAND + f'resource "{kind}" "g" {{\n {said}\n}}')
        for kind, said in GAPS.items()
    },
}
