import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 200;
/** Locks that this process holds. */
const held = new Set<string>();

/**
 * Runs something while no other process of this machine holds the same lock. A lock whose process has ended is taken over.
 * @param file holds the process ID of the lock's holder
 * @param onWait called once if another process holds the lock
 */
export async function withLock<T>(file: string, onWait: (pid: number) => void, run: () => Promise<T>): Promise<T> {
  let told = false;
  let taken = takeLock(file);
  while (typeof taken === "number") {
    if (!told) onWait(taken);
    told = true;
    await sleep(lookEveryMs);
    taken = takeLock(file);
  }
  try {
    return await run();
  } finally {
    taken();
  }
}

/**
 * Takes a lock until it is released, or this process ends. A lock whose process has ended is taken over.
 * @returns the function that releases it, or the ID of the process that holds it
 */
export function takeLock(file: string): (() => void) | number {
  for (let holder = tryLock(file); holder !== undefined; holder = tryLock(file)) {
    // In a container, a process may have the ID of one that has left its lock.
    const isStale = holder === process.pid ? !held.has(file) : !isRunning(holder);
    if (!isStale) return holder;
    breakLock(file, holder);
  }
  held.add(file);
  const release = () => {
    process.removeListener("exit", release);
    if (held.delete(file)) rmSync(file, { force: true });
  };
  process.once("exit", release);
  return release;
}

/** Tries to take the lock. @returns the process that holds the lock, or `undefined` if this one holds it now */
function tryLock(file: string): number | undefined {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return holderOf(file);
  }
}

/** Returns the holder of a lock; the parent, which runs, while the holder has not yet written its ID. */
function holderOf(file: string): number {
  try {
    return Number(readFileSync(file, "utf8")) || process.ppid;
  } catch {
    return process.ppid;
  }
}

/** Removes the lock of a process that has ended. Renaming first makes sure that a lock of another process is put back. */
function breakLock(file: string, holder: number): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch {
    // Another process was faster.
  }
}

/** Tells whether a process runs, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
