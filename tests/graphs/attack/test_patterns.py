"""Many instances of one block are one path with a count; what tells them apart stays apart."""

import pytest

from graphs.attack.cuts import Cutting
from graphs.attack.paths import attack_paths, each_path

# Machines that each have a role and a bucket of their own, all of them of one pattern.
FLEET = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "web" {
  count  = COUNT
  name   = "web-${count.index}"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  count                       = COUNT
  ami                         = "ami-1"
  subnet_id                   = aws_subnet.a.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web[count.index].id]
  iam_instance_profile        = aws_iam_instance_profile.web[count.index].name
}
resource "aws_iam_instance_profile" "web" {
  count = COUNT
  name  = "web-${count.index}"
  role  = aws_iam_role.web[count.index].name
}
resource "aws_iam_role" "web" {
  count = COUNT
  name  = "web-${count.index}"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "web" {
  count = COUNT
  role  = aws_iam_role.web[count.index].id
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = ["s3:GetObject", "s3:ListBucket"]
    Resource = [aws_s3_bucket.data[count.index].arn, "${aws_s3_bucket.data[count.index].arn}/*"]
  }] })
}
resource "aws_s3_bucket" "data" {
  count  = COUNT
  bucket = "customers-${count.index}"
}
"""


def fleet(count):
    return FLEET.replace("COUNT", str(count))


def test_many_instances_are_one_path_with_a_count(built):
    (path,) = attack_paths(built(fleet(30)))
    assert len(path.instances) == len(path.each) == 30
    assert path.loss == "customer data in customers-0 and 29 more alike"
    assert [p.target.fact.node for p in path.instances[8:11]] == [
        f"aws_s3_bucket.data[{number}]" for number in (8, 9, 10)
    ]


def test_the_id_does_not_hang_on_how_many_there_are(built):
    ids = {count: [p.id for p in attack_paths(built(fleet(count)))] for count in (1, 2, 12)}
    assert ids[1] == ids[2] == ids[12]
    assert len(ids[1]) == 1


def test_one_instance_is_told_as_any_path_is(built):
    (path,) = attack_paths(built(fleet(1)))
    assert (path.instances, path.each) == ((), (path,))
    assert path.loss == path.target.says == "customer data in customers-0"


APART = {
    "another class of data": ('"customers-', '"${count.index < 2 ? "payroll" : "customers"}-'),
    "another way": ("= 443", "= count.index < 2 ? 22 : 443"),
}


@pytest.mark.parametrize("difference", APART)
def test_instances_that_differ_stay_apart(built, difference):
    found = attack_paths(built(fleet(5).replace(*APART[difference])))
    assert sorted(len(path.each) for path in found) == [2, 3]


def test_people_are_grouped_by_where_they_start(built):
    text = """
    resource "aws_iam_user" "staff" {
      for_each = toset(["ann", "bob", "cy"])
      name     = each.key
    }
    resource "aws_iam_user_login_profile" "staff" {
      for_each = aws_iam_user.staff
      user     = each.value.name
    }
    resource "aws_iam_user_policy" "staff" {
      for_each = aws_iam_user.staff
      user     = each.value.name
      policy   = jsonencode({ Statement = [{
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket"]
        Resource = "*"
      }] })
    }
    resource "aws_s3_bucket" "data" {
      bucket = "customers"
    }
    """
    (path,) = attack_paths(built(text))
    assert path.start == "the stolen sign-in of ann and 2 more alike"
    assert path.loss == "customer data in customers"


def test_a_cut_ends_every_instance(built):
    estate = built(fleet(3))
    cut = Cutting(estate).cut()
    assert (len(cut.stages), cut.proven) == (3, True)
    ended = [path.target.fact for stage in cut.stages for path in stage.ends]
    assert sorted(ended) == sorted(path.target.fact for path in each_path(estate))
