"""An executor for a code-running agent loop: what the model wrote goes in, what the model should read next comes out.

    python3 examples/executor.py          # reads programs from standard input, ended by a line with a dot
    python3 examples/executor.py --once   # a loop of three turns with a model that is played"""
import sys

import cordon


class Executor:
    def __init__(self, **options):
        self.pool = cordon.Pool(cells=2, **options)

    def __call__(self, code: str) -> str:
        try:
            result = self.pool.run(code, limits={"wall": "5s", "output": "64KiB"}, require=True)
            return result.stdout or "(no output)"
        except cordon.Rejected as refused:
            advice = [f"{finding}; {finding.help}" for finding in refused.report.findings]
            return "The program was not run. Write it without:\n" + "\n".join(advice)
        except cordon.LimitReached as reached:
            return f"The program was ended: {reached}."
        except cordon.ProgramFailed as failed:
            return f"The program failed ({failed}):\n{failed.result.stderr[-2000:]}"


def main() -> None:
    execute = Executor()
    if "--once" in sys.argv:
        for code in ("import os; os.system('ls')", "print(1 / 0)", "print(sum(range(10)))"):
            print(answer := execute(code))
        assert answer == "45\n"
        return
    for program in sys.stdin.read().split("\n.\n"):
        print(execute(program))


main()
