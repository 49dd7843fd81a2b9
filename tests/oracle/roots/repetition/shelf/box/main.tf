variable "label" { type = string }

resource "aws_sns_topic" "this" {
  name = replace(var.label, "/[^A-Za-z0-9]+/", "-")
  tags = { label = var.label }
}

output "name" { value = aws_sns_topic.this.name }
