"""Files that a build sends: source maps, the code they belong to, debug files."""
