"""What came in, by project, kind and time; what is left of budgets; bursts that are cut.

A Django app. It counts in the pipeline's transactions, so the sums are those of what was stored;
the door reads them by plain SQL (`vedette.ingest.quota_source`).
"""
