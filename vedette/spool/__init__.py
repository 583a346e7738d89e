"""The spool's format and its reader, shared by the writing door and the reading pipeline."""
