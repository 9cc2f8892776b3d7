import { mockBackend } from "./mocks";
import { runProgram, type ProgramResult, type ProgramRun } from "./run";

/** Default run: the stack of a new user. */
export const defaultRun = { project: "webhook-pipeline", stack: "dev", config: { "aws:region": "eu-central-1" } } as const;

/** Captures the program's resources and outputs. Needs no AWS account and no Pulumi CLI. */
export function captureProgram(run: Partial<ProgramRun> = {}): Promise<ProgramResult> {
  const full = { ...defaultRun, ...run, config: { ...defaultRun.config, ...run.config } };
  return runProgram(full, mockBackend(full.config["aws:region"], run.preview));
}
