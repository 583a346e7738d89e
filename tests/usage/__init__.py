"""Tests of usage: sums, budgets, bursts."""
