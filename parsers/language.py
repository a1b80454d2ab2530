"""stub"""


def language(text: str) -> str:
    return ""
