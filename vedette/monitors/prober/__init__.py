"""The prober: what is due is looked at, what was found goes into the spool."""
