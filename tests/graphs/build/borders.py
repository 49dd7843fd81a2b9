"""A VPC with an internet gateway and an instance in two of its subnets, and how to ask of it."""

from graphs.unknown import YES

# A public subnet `web`, an inner one `app`, one for what inspects, and an instance in each.
LAND = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "igw" {
  vpc_id = aws_vpc.v.id
}
resource "aws_subnet" "web" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_subnet" "app" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.2.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_subnet" "fw" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.9.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_security_group" "any" {
  name   = "any"
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.web.id
  private_ip                  = "10.0.1.10"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.any.id]
}
resource "aws_instance" "app" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.app.id
  private_ip                  = "10.0.2.10"
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.any.id]
}
"""
TO_INTERNET = """
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.igw.id
  }
}
resource "aws_route_table_association" "web" {
  subnet_id      = aws_subnet.web.id
  route_table_id = aws_route_table.out.id
}
"""
EDGE = """
resource "aws_route_table" "edge" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "%s"
    %s
  }
}
resource "aws_route_table_association" "edge" {
  gateway_id     = aws_internet_gateway.igw.id
  route_table_id = aws_route_table.edge.id
}
"""
WEB, APP = "aws_instance.web", "aws_instance.app"


def asked(estate, source, goal, port=443, protocol=6):
    """`yes`, `no`, or what one does not know."""
    answer = estate.network.reach(source, goal).answer(protocol, port)
    if answer.undecided:
        return sorted(u.what for u in answer.because)
    return "yes" if answer == YES else "no"


def stops(estate, source, goal, port=443):
    return [step.claim for step in estate.network.blockers(source, goal, 6, port)]
