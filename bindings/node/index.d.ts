/** Check code that nobody should trust, and run it in a cell. Linux. */

export type Source = string | Uint8Array;

/** Cordon itself failed: a policy or a rule is wrong, there is no runtime, a cell could not be made. */
export class CordonError extends Error {}
/** The gate did not let the program run. */
export class Rejected extends CordonError { readonly report: Report; }
export class LimitReached extends CordonError { readonly result: Result; }
/** The program ended with a status other than 0, or by a signal. */
export class ProgramFailed extends CordonError { readonly result: Result; }

/** One match of a rule. Lines and columns count from 1; `start` and `end` are bytes of the source. */
export interface Finding {
  readonly ruleId: string; readonly severity: string; readonly message: string; readonly help: string;
  readonly capability: string; readonly argument: string | null; readonly granted: boolean; readonly suppressed: boolean;
  readonly line: number; readonly col: number; readonly endLine: number; readonly endCol: number;
  readonly start: number; readonly end: number;
}

/** What the check says; `record` is the whole of it (docs/json.md). */
export interface Report { readonly approved: boolean; readonly findings: Finding[]; readonly record: Record<string, unknown>; }

/** A piece of what the program writes, as it arrives. */
export interface Output { readonly stream: 1 | 2; readonly data: Buffer; }

export interface Result {
  readonly ended: 'exited' | 'signaled' | 'limit' | 'refused' | 'canceled';
  readonly exitCode: number | null; readonly signal: number; readonly limit: string; readonly wallMs: number;
  /** In a cell that waited for the job. */
  readonly warm: boolean;
  readonly ok: boolean; readonly stdout: string; readonly stderr: string; readonly stdoutBytes: Buffer; readonly stderrBytes: Buffer;
  readonly report: Report;
  /** `result` of docs/json.md: what was used, what was tried. */
  readonly details: Record<string, unknown>;
}

/** A function that a program in a cell may call, as `tools.NAME` of its module cordon. Schemas are JSON Schema (docs/tools.md). */
export type ToolFunction = (args: any) => unknown;
export type Tool = ToolFunction | {
  run: ToolFunction; description?: string; parameters?: object; result?: object | boolean;
  timeoutMs?: number; calls?: number; argumentsBytes?: number; resultBytes?: number;
};

export interface GateOptions {
  /** A profile ("agent", "strict", "data", "hook", "audit") or a file. */
  policy?: string;
  /** "net=HOST:PORT", "fs.read=PATH", "env=NAME" ... */
  grants?: string[];
  rules?: string[]; rejectAt?: 'info' | 'warning' | 'error' | 'critical';
  /** Cells that may wait, booted, each for one job; 0: none. */
  cells?: number; memoryBytes?: number; idleMs?: number;
  /** The audit log. */
  log?: string; actor?: string;
  /** Each source is parsed in a process of its own, without files and network, within the deadline (0: 30 s). */
  isolateCheck?: boolean; checkDeadlineMs?: number;
  /** For every run; granted by being here. */
  tools?: Record<string, Tool>;
}

export interface CheckOptions { language?: string; path?: string; }

export interface RunOptions extends CheckOptions {
  args?: string[]; env?: Record<string, string>;
  /** {wall: "10s", memory: "256MiB"} */
  limits?: Record<string, string | number>;
  input?: Source; runRejected?: boolean;
  /** Copied into the scratch folder: {"in.csv": "/data/2026.csv"}. */
  files?: Record<string, string>;
  /** A folder, made where there is none, into which what the program leaves is copied; `details.artifacts` names it. */
  artifacts?: string;
  /** Throws Rejected, LimitReached or ProgramFailed unless the program exits with 0. */
  require?: boolean;
  /** Aborting ends the cell and rejects with the signal's reason. */
  signal?: AbortSignal;
  onOutput?: (part: Output) => void;
  /** Before the gate's of the same name; each must be granted ("tool=NAME"), but for the function `run` by itself. */
  tools?: Record<string, Tool>;
}

/** Rules and a grant, opened once. */
export class Gate {
  constructor(options?: GateOptions);
  check(source: Source, options?: CheckOptions): Promise<Report>;
  /** Checks and, where the gate approves, runs. */
  run(source: Source, options?: RunOptions): Promise<Result>;
  /** Each Output as it arrives, then the Result. Leaving the loop ends the cell. */
  stream(source: Source, options?: Omit<RunOptions, 'onOutput'>): AsyncGenerator<Output | Result, void, void>;
  /** Boots cells until as many wait for jobs like this, and keeps as many. Blocks. */
  warm(language?: string, cells?: number, options?: { limits?: Record<string, string | number>; timeoutMs?: number }): void;
  drain(): void;
  stats(): Record<'warmRuns' | 'coldRuns' | 'cellsBooted' | 'cellsDiscarded' | 'cellsRecycled' | 'cellsWaiting' | 'cellsBooting' |
    'waitingMemoryBytes', number>;
  /** Behind the runs under way. */
  close(): Promise<void>;
}

/** A gate with cells that wait, booted (4, if not said). */
export class Pool extends Gate {}

export const version: string;
export function has(feature: string): boolean;
/** With a gate of the profile "agent" that is opened on first use. */
export function check(source: Source, options?: CheckOptions): Promise<Report>;
export function run(source: Source, options?: RunOptions): Promise<Result>;
