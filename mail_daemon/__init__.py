"""mail-daemon: a support mailbox that keeps its promises."""
