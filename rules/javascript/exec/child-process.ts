import cp = require('child_process');
import { exec as run, type ExecOptions } from 'node:child_process';

// ruleid: javascript.exec.shell
cp.exec('id' as string);
// ruleid: javascript.exec.shell
run(command!, {} as ExecOptions);
// ruleid: javascript.exec.shell
(cp as any).execSync(`id`);
// ok: javascript.exec.shell
pattern.exec<Groups>('text');

class Runner {
  constructor(private readonly program: string) {}

  async start(): Promise<void> {
    // ruleid: javascript.exec.program
    await cp.spawn(this.program satisfies string);
    // ok: javascript.exec.program
    await this.engine.spawn('worker');
  }
}
