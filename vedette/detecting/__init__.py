"""Performance problems of stored segments: what projects have set, where to look, what is found."""
