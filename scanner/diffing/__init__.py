"""What a change adds: two revisions, directories, plans, states, snapshots or results compared.

words -> sides.py -> judging.py -> comparing.py -> a Difference (difference.py) -> reports
"""
