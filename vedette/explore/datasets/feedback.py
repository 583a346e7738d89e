"""Feedback: what people wrote."""

from __future__ import annotations

from vedette.explore.datasets import Dataset

DATASET = Dataset(
    name="feedback",
    label="Feedback",
    noun=("piece of feedback", "pieces of feedback"),
    table="feedback",
    columns=("feedback.text", "feedback.name", "url", "release", "project", "timestamp"),
    apart="feedback_id",
    order=60,
)
