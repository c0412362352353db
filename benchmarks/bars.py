"""How a script ends that measured, and missed a bar of its own."""

MISSED = 10
"""An exit status that neither a wrong option nor a script that cannot be read has."""
