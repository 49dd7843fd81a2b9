variable "names" { 
  type = set(string) 
  default = ["x","y"] 
}
variable "secret" {
  default = "hunter2hunter2"
  sensitive = true
}
locals { l = terraform_data.main.id }
resource "terraform_data" "main" { input = "a" }
resource "terraform_data" "c" { 
  count = 2 
  input = { main = terraform_data.main.id, l = local.l, s = var.secret }
}
resource "terraform_data" "d" {
  count = 2
  input = terraform_data.c[count.index].id
}
resource "terraform_data" "f" {
  for_each = var.names
  input = [terraform_data.main.id, "k", each.key]
}
resource "terraform_data" "g" {
  for_each = terraform_data.f
  input = each.value.id
}
resource "terraform_data" "h" {
  for_each = var.names
  input = terraform_data.f[each.key].output[0]
  triggers_replace = [for x in terraform_data.c : x.id]
}
module "m" {
  source = "./m"
  for_each = var.names
  vpc = terraform_data.main.id
  k = terraform_data.f[each.key].id
}
resource "terraform_data" "i" {
  input = [module.m["x"].id, module.m["y"].ids["p.q"], terraform_data.f["x"].id]
}
output "o" { value = module.m["x"].id }
