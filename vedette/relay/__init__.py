"""A door and a spool alone: what SDKs send is kept on disk and sent on to one upstream."""
