"""The estate, and everything exact about it.

Input: resources, in Terraform's words, whichever front end read them. Output: an estate of typed
nodes and edges, and answers about it: what reaches what, who may do what, which attack paths there
are and which changes break them. It reads no file, calls nobody, and judges nothing: what is
dangerous is said in `rules`.
"""
