"""What a sentence says a program does stands in a source or nowhere: that it gives advice makes it no opinion."""

import pytest
from corpora import passage

from twin.metrics.claims import claims
from twin.metrics.truth.tools import named, works

SOURCE = passage(
    "git",
    "Git keeps a log of every commit. You can use `git log` to see the commits of a branch. The `--oneline` "
    "flag prints each commit on one line. Use `git stash` to put your changes aside; `git stash pop` brings "
    "them back. `jq` reads JSON from a file and prints it in colour. I keep my aliases in `~/.zshrc`. The "
    "`sort` command orders the lines of a file, and `sort -u` leaves out the ones that are there twice. Call "
    "`close()` when you are done with the file. You should run `git fetch` before you rebase.",
)
INVENTED = (
    "Use the `--frobnicate` flag to list all branches.",
    "Use the `--oneline` flag to list all branches.",
    "Run `git log --graph` to draw the commits as a tree.",
    "Use `git stash` to delete the branch.",
    "Just run `git fetch` and the branches are renamed.",
    "You should use `jq` to convert the file to YAML.",
    "Never call `close()` twice, because it deletes the file.",
    "When you run `git log`, it prints the names of the authors.",
    "If you pass `-u`, the command sorts the file by date.",
    "Simply add the flag to the command and it prints the output as a table.",
    "Use the sort command to rename the files in a folder.",
    "Run the script with `--dry-run` to see what it would delete.",
    "It is useful to list the branches with `git stash`.",
    "Check `~/.zshrc` for the path of the database.",
    "Set `GIT_EDITOR` to open the log in Vim.",
    "The flag always prints the commits in reverse order.",
    "This command will never overwrite your files.",
    "Call `flush()` to write the buffer to the file.",
    "Use `sort -r` to turn the order around.",
    "Remember to run `git gc` after each merge.",
    "The easiest way is to pipe the log into `jq`, which returns a list of commits.",
    "Put `alias gl='git log'` in your `~/.bashrc`.",
    "Add `--all` to see every branch.",
    "Run `git stash drop` to remove the last one.",
    "Use the `-n` option to limit the number of commits.",
    "You need to call `close()` or the script never exits.",
    "Try `git log --stat`, which lists the files that were changed.",
    "Just type `jq .` and the file is formatted in place.",
    "With `git log` you should get the branches sorted by date.",
    "Open `config.toml` and change the colour.",
    "Note that the command returns an error if the file is empty.",
    "When you run the command, the cache is cleared.",
    "Write the query to a file and the server reloads it.",
    "If you run it with sudo, the package installs for everyone.",
    "Let `sort` read the file twice to merge the lines.",
    "Always use `fetch()` to download the table.",
    "Change the `timeout` setting to stop the server sooner.",
    "The nice thing is that the function returns a promise.",
    "Give the script an argument and it creates the directory.",
    "Never use `git log` on a large repository, since it loads every file.",
    "Set the option to true to skip the tests.",
    "Watch the folder with `fswatch` to run the tests again.",
)
OPINIONS = (
    "Use the stairs.",
    "You should write shorter posts.",
    "I like this flag.",
    "Take your time when you read the log.",
    "Git is a great tool.",
    "I think `git log` is easier to read than it looks.",
    'I prefer `git stash` to a commit that says "wip".',
    "Write it down before you forget it.",
    "Never trust a dashboard at night.",
    "Run before you are asked to walk.",
    "Ask for help early.",
    "Keep your functions short and your names long.",
    "You should test before you merge.",
    "Good names matter more than good comments.",
    "Just start.",
    "Read the manual first.",
    "A clean history is a beautiful thing.",
    "I love a command that does one thing.",
    "`jq` is a wonderful little tool.",
    "Use silence to show respect.",
    "Make a list of the people you want to thank.",
    "Use your phone to call your mother.",
    "Think about who will read your code.",
    "I wish this option were the default.",
    "In my opinion the best file format is plain text.",
    "Write tests that you would like to read.",
    "Choose a boring database.",
    "You should always leave the table cleaner than you found it.",
    "It is better to delete code than to add it.",
    "Listen more than you talk in meetings.",
    "When you manage people, your output is their output.",
    "Keep calm and open a window.",
    "If you argue in public, everybody loses.",
    "Never promise to return a favour you cannot afford.",
    "Start with the smallest thing that could work.",
    "Documentation should be kind.",
    "I find `git stash` confusing.",
    "Build things that your neighbours would use.",
    "I hope the next version is faster.",
    "Pick one branch of the work and finish it.",
)
TRUE = (
    "You can use `git log` to see the commits of a branch.",
    "Use `git log` to see the commits of a branch.",
    "The `--oneline` flag prints each commit on one line.",
    "Use `git stash` to put your changes aside.",
    "`git stash pop` brings them back.",
    "The `sort` command orders the lines of a file.",
    "Call `close()` when you are done with the file.",
    "You should run `git fetch` before you rebase.",
    "I keep my aliases in `~/.zshrc`.",
    "Use the `--oneline` flag to print each commit on one line.",
    "`jq` reads JSON from a file and prints it in colour.",
)


def status(said: str) -> str:
    (claim,) = claims(said, (SOURCE,), "")
    return claim.status


@pytest.mark.parametrize("said", INVENTED)
def test_what_a_program_is_said_to_do_is_not_found_where_no_source_says_it(said: str) -> None:
    assert status(said) in ("not_found", "contradicted")


@pytest.mark.parametrize("said", OPINIONS)
def test_advice_and_judgements_that_say_nothing_of_a_program_are_opinions(said: str) -> None:
    assert status(said) == "opinion"


@pytest.mark.parametrize("said", TRUE)
def test_what_a_source_says_of_a_program_stands_in_it(said: str) -> None:
    assert status(said) == "supported"


def test_a_command_that_stands_nowhere_is_named_and_one_that_does_is_not() -> None:
    (claim,) = claims("Run `git log --onelin` or --frobnicate.", (SOURCE,), "")
    assert claim.finding == "not in your sources: --onelin, --frobnicate"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Use `git log -p` or flush() with --all.", ["git", "log", "-p", "--all", "flush"]),
        ("Open `~/.config/twin.toml`.", ["~/.config/twin.toml"]),
        ("`$PATH`, `:wq`, `a`, `$?` and `h2`", ["$path", ":wq"]),
        ("We left – and it rained -- twice, well-known as we are.", []),
        ("- We left.", []),
    ],
)
def test_names_of_commands_flags_functions_and_files(said: str, names: list[str]) -> None:
    assert named(said) == names


@pytest.mark.parametrize(
    "said",
    [
        "Keep your options open.",
        "Never start an argument to win it.",
        "You should always have the option to change.",
        "Good returns come to those who wait at the table.",
        "Every method fails if you stop to listen.",
    ],
)
def test_words_that_mean_other_things_too_say_nothing_of_a_program(said: str) -> None:
    assert not works(said)
