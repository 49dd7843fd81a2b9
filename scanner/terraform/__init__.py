"""Terraform to resources, as terraform itself would compute them.

Input: a Tree, a root module's directory, variables. Output: Resources and Gaps. Nothing is
downloaded and nothing of the repository is run.
"""
