"""Jobs and their check-ins: `agreeing` makes monitors of what clients say, `hearing` takes
check-ins and the passing of time, `looking` finds by the clock what is overdue."""
