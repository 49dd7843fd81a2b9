"""Clusters of EKS: what their machines give whoever is on them, and what they obey."""

import pytest

from graphs.estate import Relation

CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = aws_iam_role.node.arn
  vpc_config {
    subnet_ids              = [aws_subnet.a.id]
    endpoint_public_access  = %(public)s
    endpoint_private_access = true
  }
}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_eks_node_group" "machines" {
  cluster_name  = aws_eks_cluster.main.name
  node_role_arn = aws_iam_role.node.arn
  subnet_ids    = [aws_subnet.a.id]
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}
resource "aws_iam_openid_connect_provider" "cluster" {
  url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}
resource "aws_iam_role" "node" {
  name               = "node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.app.json
}
data "aws_iam_policy_document" "app" {
  statement {
    actions = ["%(action)s"]
    principals {
      type        = "%(kind)s"
      identifiers = [%(trusted)s]
    }
    %(condition)s
  }
}
resource "aws_iam_user" "dev" { name = "dev" }
%(more)s
"""
APP, NODE, DEV = "aws_iam_role.app", "aws_iam_role.node", "aws_iam_user.dev"
MACHINES = "aws_eks_node_group.machines"
BY_TOKEN = {
    "public": "true",
    "action": "sts:AssumeRoleWithWebIdentity",
    "kind": "Federated",
    "trusted": "aws_iam_openid_connect_provider.cluster.arn",
    "condition": "",
    "more": "",
}
BY_AGENT = {
    **BY_TOKEN,
    "action": 'sts:AssumeRole", "sts:TagSession',
    "kind": "Service",
    "trusted": '"pods.eks.amazonaws.com"',
    "more": """
resource "aws_eks_pod_identity_association" "app" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "shop"
  service_account = "api"
  role_arn        = aws_iam_role.app.arn
}
""",
}


def subject(value, test="StringEquals"):
    return f"""condition {{
      test     = "{test}"
      variable = "${{replace(aws_eks_cluster.main.identity[0].oidc[0].issuer, "https://", "")}}:sub"
      values   = ["{value}"]
    }}"""


def edge(estate, source, target, relation):
    return next((e for e in estate.edges(relation, source=source) if e.target == target), None)


def surely(found):
    if found is None:
        return "no"
    return "yes" if found.answer.certain else "unknown"


PODS = {
    "any pod, without a subject": (BY_TOKEN, "yes"),
    "any pod, by a wildcard": (
        {**BY_TOKEN, "condition": subject("system:serviceaccount:*:*", "StringLike")},
        "yes",
    ),
    "the pods of one account": (
        {**BY_TOKEN, "condition": subject("system:serviceaccount:shop:api")},
        "unknown",
    ),
    "the pods of one namespace": (
        {**BY_TOKEN, "condition": subject("system:serviceaccount:shop:*", "StringLike")},
        "unknown",
    ),
    "no pod": ({**BY_TOKEN, "condition": subject("somebody:else")}, "no"),
    "no pod of this cluster": (
        {**BY_TOKEN, "trusted": '"arn:aws:iam::111111111111:oidc-provider/oidc.eks.x/id/A"'},
        "no",
    ),
    "the pods of an association": (BY_AGENT, "unknown"),
    "an association without the session's tags": ({**BY_AGENT, "action": "sts:AssumeRole"}, "no"),
    "an association with a role that trusts another": (
        {**BY_AGENT, "trusted": '"ec2.amazonaws.com"'},
        "no",
    ),
}


@pytest.mark.parametrize("case", PODS)
def test_a_machine_has_the_roles_of_the_pods_on_it(built, case):
    values, answer = PODS[case]
    found = built(CLUSTER % values)
    assert surely(edge(found, MACHINES, APP, Relation.RUNS_AS)) == answer


def entry(policy, scope="cluster"):
    return f"""
resource "aws_eks_access_entry" "dev" {{
  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_iam_user.dev.arn
}}
resource "aws_eks_access_policy_association" "dev" {{
  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_iam_user.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/{policy}"
  access_scope {{
    type       = "{scope}"
    namespaces = {"[]" if scope == "cluster" else '["shop"]'}
  }}
}}"""


def config_map(groups, kind="kubernetes_config_map", name="aws-auth"):
    return f"""
resource "{kind}" "auth" {{
  metadata {{
    name      = "{name}"
    namespace = "kube-system"
  }}
  data = {{
    mapUsers = <<-EOT
      - userarn: ${{aws_iam_user.dev.arn}}
        username: dev
        groups: {groups}
    EOT
  }}
}}"""


ENCODED = """
resource "kubernetes_config_map_v1_data" "auth" {
  metadata {
    name      = "aws-auth"
    namespace = "kube-system"
  }
  data = {
    mapUsers = yamlencode([{ userarn = aws_iam_user.dev.arn, groups = ["system:masters"] }])
  }
}"""
COMMANDS = {
    "an administrator by entry": (entry("AmazonEKSClusterAdminPolicy"), "true", "yes"),
    "an administrator of a private API": (
        entry("AmazonEKSClusterAdminPolicy"),
        "false",
        "unknown",
    ),
    "an administrator of a namespace": (
        entry("AmazonEKSClusterAdminPolicy", "namespace"),
        "true",
        "unknown",
    ),
    "an editor": (entry("AmazonEKSEditPolicy"), "true", "unknown"),
    "a reader": (entry("AmazonEKSViewPolicy"), "true", "no"),
    "a master by config map": (config_map("[system:masters]"), "true", "yes"),
    "a master by its data": (
        config_map("[system:masters]", "kubernetes_config_map_v1_data"),
        "true",
        "yes",
    ),
    "a group of the cluster's own": (config_map("[devs]"), "true", "unknown"),
    "a group of AWS's nodes": (config_map("[system:nodes]"), "true", "no"),
    "another config map": (config_map("[system:masters]", name="other"), "true", "no"),
    "a text that is no YAML": (config_map("[: {"), "true", "no"),
    "a text that is not known yet": (ENCODED, "true", "unknown"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_who_commands_a_cluster_gets_its_roles(built, case):
    more, public, answer = COMMANDS[case]
    found = built(CLUSTER % {**BY_TOKEN, "public": public, "more": more})
    for role in (NODE, APP):
        assert surely(edge(found, DEV, role, Relation.MAY_CALL)) == answer


def test_a_cluster_that_asks_entries_alone_has_no_config_map(built):
    text = CLUSTER % {**BY_TOKEN, "more": config_map("[system:masters]")}
    mode = 'access_config { authentication_mode = "API" }\n  vpc_config {'
    found = built(text.replace("vpc_config {", mode, 1))
    assert edge(found, DEV, NODE, Relation.MAY_CALL) is None


def test_of_two_clusters_it_is_not_known_whose_config_map_it_is(built):
    other = """
resource "aws_eks_cluster" "other" {
  name     = "other"
  role_arn = aws_iam_role.node.arn
  vpc_config { subnet_ids = [aws_subnet.a.id] }
}"""
    found = built(CLUSTER % {**BY_TOKEN, "more": other + config_map("[system:masters]")})
    assert surely(edge(found, DEV, NODE, Relation.MAY_CALL)) == "unknown"


def test_both_are_told_with_what_proves_them(built):
    found = built(CLUSTER % {**BY_TOKEN, "more": config_map("[system:masters]")})
    (step,) = edge(found, DEV, NODE, Relation.MAY_CALL).evidence()
    assert "may run any pod in the cluster main" in step.claim
    assert step.proof.resource == "kubernetes_config_map.auth"
    claims = [s.claim for s in edge(found, MACHINES, APP, Relation.RUNS_AS).evidence()]
    assert claims[-1] == "Every pod of main gets a token that the role accepts"
