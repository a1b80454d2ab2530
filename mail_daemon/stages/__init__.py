"""One stage of a mail's way a file, each with one public function. Stages do not import one another."""
