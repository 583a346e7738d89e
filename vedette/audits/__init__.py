"""Audits of the code that projects run: what was found at which commit, how it stands, and what
really happens there (`joins/`). What an audit finds is the auditor's (`vedette.audit`)."""
