"""Looking at things from outside: is it up, how fast, what does it say. Pure logic and sockets.

Nothing here knows of databases, schedules or alerts: a probe is made of what a person filled in
and, when it is run, gives one `Result`. What results mean is `vedette.uptime`'s to say.
"""
