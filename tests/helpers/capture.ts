/** What was printed. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** Runs something, and keeps what it prints in this process. */
export async function capture<T>(run: () => Promise<T>): Promise<Printed & { result: T }> {
  const printed: Printed = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const { write } = process[name];
    process[name].write = (text: string | Uint8Array) => Boolean((printed[name] += Buffer.from(text as string).toString()));
    return () => void (process[name].write = write);
  });
  try {
    return { result: await run(), ...printed };
  } finally {
    for (const back of restore) back();
  }
}
