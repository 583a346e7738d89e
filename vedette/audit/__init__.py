"""The auditor: reads a checkout and names the errors that nobody would hear of.

`facts` are read once of each file (a drawer of languages), `rules` (a drawer) find in them what is
wrong, `reports` (a drawer) say it. Nothing of the audited code is run, nothing is written below it
but what was asked for, and nothing of the server is loaded.
"""
