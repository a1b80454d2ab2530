import typer

app = typer.Typer()


def command() -> None:
    raise typer.Exit(1)
