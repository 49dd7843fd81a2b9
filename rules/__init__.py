"""What is dangerous, and which duty it breaches.

Input: an estate. Output: violations, each with its evidence. Rules ask the estate in domain words;
they never read a resource's attributes, and they move nothing in or out.
"""
