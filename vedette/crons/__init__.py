"""Jobs that run by a schedule and say so, as pure logic: when one is due, missed, or too long.

A job checks in when it starts and when it has ended. `schedule` says when it is expected,
`course` what its check-ins and the passing of time come to, `checkin` reads what clients send.
Nothing here knows of databases or of alerts.
"""
