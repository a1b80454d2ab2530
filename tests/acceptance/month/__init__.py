"""A month at the desk: what happens in it, what an independent count says must follow, and what the program did."""
