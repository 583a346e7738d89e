"""Who may see what: users, organisations, memberships, sign-in links, API tokens."""
