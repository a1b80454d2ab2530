"""Loading the config folder: everything right, or everything that is wrong with its line."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from mail_daemon.settings.loader import ConfigError, Configuration, load
from mail_daemon.settings.sections import MaildirMailbox

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*/*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "good", tmp_path / "config"))


def problems(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(folder, environ or {})
    return raised.value.problems


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.parent.name}-{bad.stem}")
def test_each_mistake_is_told_with_its_line_and_what_to_write(folder: Path, bad: Path) -> None:
    """Each bad file says in its head what is expected: `# expect LINE: text`."""
    name = f"{bad.parent.name}.yaml"
    shutil.copy(bad, folder / name)
    head = bad.read_text("utf-8", "replace").splitlines()
    expected = [line.removeprefix("# expect ") for line in head if line.startswith("# expect ")]
    found = [line.replace(f"{folder}/{name}:", "", 1) for line in problems(folder)]
    assert [line.replace(str(folder), "FOLDER") for line in found] == expected


def test_no_problem_repeats_a_secret(folder: Path) -> None:
    for bad in (HERE / "bad" / "mail-daemon").glob("*.yaml"):
        shutil.copy(bad, folder / "mail-daemon.yaml")
        told = "\n".join(problems(folder))
        assert "hunter2" not in told
        assert "2718281828" not in told


def test_all_files_are_told_of_at_once_in_their_order(folder: Path) -> None:
    shutil.copy(HERE / "bad/agents/values.yaml", folder / "agents.yaml")
    shutil.copy(HERE / "bad/mail-daemon/unknown-key.yaml", folder / "mail-daemon.yaml")
    told = [line.removeprefix(f"{folder}/").partition(": ")[0] for line in problems(folder)]
    assert told == [
        "mail-daemon.yaml:7",
        "mail-daemon.yaml:9",
        "agents.yaml:5",
        "agents.yaml:6",
        "agents.yaml:7",
    ]


def test_a_good_folder_gives_typed_values(folder: Path) -> None:
    configuration = load(folder, {})
    assert configuration.settings.desk.addresses == {"support@desk.example", "help@desk.example"}
    assert [agent.address for agent in configuration.agents] == ["ann@desk.example", "bob@desk.example"]
    assert configuration.accounts[0].domains == ("acme.example",)
    assert configuration.keys == (bytes.fromhex("00112233445566778899aabbccddeeff"),)
    assert [rule.name for rule in configuration.priorities.rules] == ["outage"]


def test_agents_accounts_policy_and_priorities_may_be_missing(folder: Path) -> None:
    for name in ("agents.yaml", "accounts.yaml", "priorities.yaml"):
        (folder / name).unlink()
    configuration = load(folder, {})
    assert (configuration.agents, configuration.accounts) == ((), ())
    assert configuration.priorities.rules
    assert configuration.policy.levels[1].response == timedelta(hours=1)


def test_a_policy_that_names_one_target_keeps_the_shipped_others(folder: Path) -> None:
    (folder / "policy.yaml").write_text("levels:\n  1: {response: 30m}\n")
    levels = load(folder, {}).policy.levels
    assert [levels[level].response for level in (1, 2, 3, 4)] == [
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=4),
        timedelta(hours=8),
    ]


def test_a_section_whose_keys_are_all_commented_out_counts_as_left_out(folder: Path) -> None:
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write("trusted:\n  # authserv_ids: []\nlimits:\nmailboxes:\n")
    assert load(folder, {}).settings.limits.batch == 100


RULES = """
words:
  gone:
    - not working
    - '{unknown'
rules:
  - name: first
    phrases: ['{nothing} works', all phones]
    when: ['gone + nowhere']
    category: outage
    level: 1
  - {name: first, category: trouble, level: 3, phrases: [crackling]}
"""


def test_rules_that_do_not_fit_together_are_told_with_their_lines(folder: Path) -> None:
    file = folder / "priorities.yaml"
    file.write_text(RULES)
    places = ["5: words.gone.1", "8: rules.0.phrases.0", "9: rules.0.when.0", "12: rules.1.name"]
    told = problems(folder)
    assert [": ".join(line.split(": ")[:2]) for line in told] == [f"{file}:{place}" for place in places]
    assert all("; write " in line for line in told)


def test_a_missing_folder_and_a_missing_main_file_say_how_to_make_them(folder: Path) -> None:
    nowhere = folder / "nowhere"
    assert problems(nowhere) == [f"{nowhere}: there is no such folder; write one by `mail-daemon init {nowhere}`"]
    (folder / "mail-daemon.yaml").unlink()
    told = problems(folder)
    assert told == [f"{folder}/mail-daemon.yaml:1: there is no such file; write it by `mail-daemon init {folder}`"]


def test_relative_paths_start_at_the_config_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write("mailboxes:\n  - {name: a, type: maildir, path: mail}\n  - {name: b, type: maildir, path: /mail}\n")
    settings = load(Path("config"), {}).settings
    paths = [box.path for box in settings.mailboxes if isinstance(box, MaildirMailbox)]
    assert paths == [folder / "mail", Path("/mail")]
    assert settings.desk.secret_key_file == folder / "secret.key"
    assert settings.database.url == f"sqlite:///{folder}/var/mail-daemon.db"
    assert settings.blobs.url == f"file:{folder}/var/blobs"


def test_the_files_that_were_read_are_known(folder: Path) -> None:
    (folder / "accounts.yaml").unlink()
    files = {path.name for path in load(folder, {}).files}
    assert files == {"mail-daemon.yaml", "agents.yaml", "priorities.yaml", "secret.key"}


def test_nothing_printed_shows_a_secret(folder: Path) -> None:
    environ = {
        "MAIL_DAEMON__SMTP__USERNAME": "support",
        "MAIL_DAEMON__SMTP__PASSWORD": "hunter2",
        "MAIL_DAEMON__DATABASE__URL": "postgresql://desk:hunter2@localhost/desk",
    }
    configuration: Configuration = load(folder, environ)
    assert "hunter2" not in repr(configuration) + str(configuration.settings) + str(configuration.settings.database)
    assert configuration.keys[0].hex() not in repr(configuration)
    assert repr(configuration.keys[0]) not in repr(configuration)
