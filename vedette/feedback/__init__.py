"""What people say: who works on it, whether it is done, and whether it looks like spam.

The words themselves lie in the store (`vedette.items._feedback`) and go with its retention; here
is only what changes.
"""
