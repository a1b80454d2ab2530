"""What `mail-daemon demo` brings along: two small mail servers, customers, and the telling of what happened."""
