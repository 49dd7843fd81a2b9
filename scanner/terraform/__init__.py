"""Terraform to resources, as terraform itself would compute them.

Input: a Tree, a root module's directory, variables. Output: Resources and Gaps. Nothing is
downloaded and nothing of the repository is run.

The way of the data, each step in one place:

    roots           which directories are root modules
    syntax/         text to syntax trees: HCL, its JSON form, override files
    definitions     the blocks of one directory, by kind
    inputs, told    what variables are set to, by terraform's precedence
    evaluate        a root module from its definitions to its resources
    modules, calls  the instances of modules, their named values computed once
    expressions/    an expression to its value
    functions/      the functions that expressions call
    values/         values, their types, conversion and printing
    resources/      a block to its instances, with count, for_each and nested blocks
    data_sources/   what data sources answer without asking anybody
    repository/     root modules that read each other, and live accounts under code
    refusals/       what terraform would refuse
    publish         instances to Resources
    recorded/       plans and states, which are documents rather than code
    terragrunt/     units of Terragrunt as root modules
    questions/      single expressions, for `pathwarden eval`
"""
