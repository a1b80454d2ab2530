"""What agents, customers, admins and time do to a ticket: one verb a function, its events and clocks with it."""
