"""Results as something to read: one file per format.

Input: a Result. Output: text. Reports judge nothing, and escape what came from the code.
"""
