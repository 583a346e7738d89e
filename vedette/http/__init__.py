"""HTTP in front of everything: bounded connections and bodies, and the way to the pages."""
