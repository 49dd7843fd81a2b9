variable "vpc" {}
variable "k" {}
resource "terraform_data" "in" { input = "${var.vpc}-x" }
resource "terraform_data" "two" { 
  count = 2 
  input = var.k 
}
output "id" { value = terraform_data.in.id }
output "ids" { value = { "p.q" = terraform_data.in.id } }
