"""Waivers: what people decided to live with, by whose word, and until when.

A waiver marks findings and deletes none. `waiver.py` says what one is and what a policy allows,
`reading.py` reads them from comments, `applying.py` finds what each covers and what it counts for.
"""
