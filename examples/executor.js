// An executor for a code-running agent loop: what the model wrote goes in, what the model should read next comes out.
//
//     node examples/executor.js          reads a program from standard input
//     node examples/executor.js --once   a loop of three turns with a model that is played
'use strict';
const { text } = require('stream/consumers');
const cordon = require('cordon');

const pool = new cordon.Pool({ cells: 2 });

async function execute(code, language = 'javascript') {
  try {
    const result = await pool.run(code, { language, limits: { wall: '5s', output: '64KiB' }, require: true });
    return result.stdout || '(no output)';
  } catch (error) {
    if (error instanceof cordon.Rejected)
      return `The program was not run. Write it without:\n${error.report.findings.map((f) => `line ${f.line}: ${f.message} ${f.help}`).join('\n')}`;
    if (error instanceof cordon.LimitReached) return `The program was ${error.message}.`;
    if (error instanceof cordon.ProgramFailed) return `The program failed (${error.message}):\n${error.result.stderr.slice(-2000)}`;
    throw error;
  }
}

async function main() {
  if (process.argv.includes('--once')) {
    const turns = ["require('child_process').execSync('ls')", 'null.x', 'console.log([...Array(10).keys()].reduce((a, b) => a + b))'];
    let answer;
    for (const code of turns) console.log(answer = await execute(code));
    if (answer !== '45\n') process.exitCode = 1;
  } else {
    console.log(await execute(await text(process.stdin)));
  }
  await pool.close();
}

main();
