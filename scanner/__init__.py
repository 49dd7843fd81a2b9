"""Moves things in and out: Terraform, configuration and findings.

Input: a directory and pathwarden.yaml. Output: an estate, its findings, and reports of them. What
is dangerous is said in `rules`, what can reach what in `graphs`; nothing of that is decided here.
"""

__version__ = "0.1.0"
