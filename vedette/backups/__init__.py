"""Backups of a data folder: taken while it runs, kept by content, verified, restored.

A repository, a folder or a place in S3, holds objects named by their content and one manifest
for each backup. Nothing here needs Django: a backup and its restoration work without the product.
"""
