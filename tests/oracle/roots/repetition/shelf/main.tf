variable "name" { type = string }

variable "boxes" {
  type     = number
  default  = 1
  nullable = false
}

module "box" {
  source = "./box"
  count  = var.boxes
  label  = "${var.name}/${count.index}"
}

output "names" { value = module.box[*].name }
