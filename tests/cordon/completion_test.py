#!/usr/bin/env python3
"""The completions in the real shells: what is typed, with TAB, on a terminal of theirs. Speaks TAP."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

CORDON = os.environ["CORDON"]
# What is typed before TAB, and what the line is then, or what is offered.
WHOLE = {"cordon che": "cordon check ", "cordon check --form": "cordon check --format", "cordon rules li": "cordon rules list ",
         "cordon hook --agent claude": "cordon hook --agent claude-code ", "cordon check --format sar": "cordon check --format sarif ",
         "cordon check prog": "cordon check program.py ", "cordon run --policy str": "cordon run --policy strict ",
         "cordon serve --token-file prog": "cordon serve --token-file program.py "}
OFFERED = {"cordon ": ["check", "run", "doctor", "completion"], "cordon log ": ["show", "verify", "head", "report"],
           "cordon check --reject-at ": ["info", "warning", "critical"], "cordon run --allow ": ["net.listen", "persist"],
           "cordon completion ": ["bash", "zsh", "fish"], "cordon check --gi": ["--gitignore"]}
STARTS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
number, failures = 0, 0


def ok(condition, name, detail=""):
    global number, failures
    number += 1
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} {number} - {name}", flush=True)
    if not condition:
        print("# " + repr(detail)[:1500], flush=True)


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, shell, folder, script):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(PS1="> ", TERM="dumb", HOME=folder, ZDOTDIR=folder, HISTFILE="", INPUTRC="/dev/null")
            os.execvp(STARTS[shell][0], STARTS[shell])
        if shell == "zsh":
            self.say("autoload -U compinit; compinit -u -D; setopt no_always_last_prompt; PS1='> '; LISTMAX=1000; zstyle ':completion:*' list-prompt ''\n")
        else:
            self.say("bind 'set page-completions off'; bind 'set completion-query-items 0'; bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'\n")
        self.say(f"source {script}; echo re''ady\n", "ready\r")

    def say(self, text, until=None):
        """Types, and returns what came; until it is there, or nothing more comes."""
        os.write(self.fd, text.encode())
        came, deadline = "", time.monotonic() + 60
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.fd], [], [], 20 if until and until not in came else 0.4)
            if not ready:
                break
            came += os.read(self.fd, 65536).decode(errors="replace")
        return came

    def tab(self, line, until):
        came = self.say(line + "\t", until)
        self.say("\x15\n")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x07|\r|.\x08", "", came)

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def terminal_try(shell, folder, script):
    terminal = Terminal(shell, folder, script)
    for line, whole in WHOLE.items():
        came = terminal.tab(line, whole)
        ok(whole in came, f"{shell}: {line!r} becomes {whole!r}", came)
    for line, words in OFFERED.items():
        came = terminal.tab(line, words[-1])
        ok(all(word in came for word in words), f"{shell}: {line!r} offers {words}", came)
    terminal.end()


def fish_try(folder, script):
    def offered(line):
        answer = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', script, line], cwd=folder, capture_output=True,
                                text=True, timeout=60, env={**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder})
        return [row.split("\t")[0] for row in answer.stdout.splitlines()]
    for line, whole in WHOLE.items():
        word = whole.split()[-1]
        came = offered(line)
        ok(word in came, f"fish: {line!r} offers {word!r}", came)
    for line, words in OFFERED.items():
        came = offered(line)
        ok(all(word in came for word in words), f"fish: {line!r} offers {words}", came)
    ok("--listen" not in offered("cordon check --"), "fish: only options of the command")
    ok(offered("cordon mcp prog") == [], "fish: no files where none are taken", offered("cordon mcp prog"))


def main():
    folder = tempfile.mkdtemp(prefix="cordon-completion-")
    pathlib.Path(folder, "program.py").write_text("")
    os.environ["PATH"] = os.path.dirname(CORDON) + ":" + os.environ["PATH"]
    try:
        for shell in ("bash", "zsh", "fish"):
            script = f"{folder}/script.{shell}"
            with open(script, "wb") as out:
                made = subprocess.run([CORDON, "completion", shell], stdout=out)
            ok(made.returncode == 0, f"{shell}: the script is made")
            fish_try(folder, script) if shell == "fish" else terminal_try(shell, folder, script)
        answer = subprocess.run([CORDON, "completion", "csh"], capture_output=True, text=True)
        ok(answer.returncode == 2 and "fish" in answer.stderr, "another shell is refused, with the known ones", answer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{number}")
    return 1 if failures else 0


sys.exit(main())
