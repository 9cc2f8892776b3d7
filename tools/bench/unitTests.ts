import { execFileSync } from "node:child_process";
import type { Figure } from "./samples";

const mocha = "node_modules/mocha/bin/mocha.js";

/** Measures the unit tests, compared with loading them. */
export function measureUnitTests(): Figure[] {
  const milliseconds = (...options: string[]) => {
    const started = performance.now();
    execFileSync(process.execPath, [mocha, "--config", "tests/.mocharc.json", "--reporter", "dot", ...options], { stdio: "ignore" });
    return performance.now() - started;
  };
  const loading = milliseconds("--dry-run");
  const all = milliseconds();
  return [
    { id: "unit-tests", what: "Unit tests, run vs. loaded only", value: all / loading, unit: "×" },
    { id: "unit-tests-time", what: "Unit tests, wall time", value: all, unit: "ms" },
  ];
}
