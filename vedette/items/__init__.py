"""DRAWER: one file per kind of envelope item."""
