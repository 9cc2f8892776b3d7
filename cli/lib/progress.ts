/** Progress bar on a terminal. Elsewhere, it prints nothing. */
export interface ProgressBar {
  /** Shows how much is done. The bar is full if that is more than the total. */
  show(done: number): void;
  /** Ends the line. */
  end(): void;
}

const width = 30;

/** Creates a progress bar. @param total number of things to do; there is no bar for fewer than two */
export function progressBar(total: number, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  const write = (text: string) => void (stream.isTTY && total > 1 && stream.write(text));
  return {
    show: (done) => {
      const filled = Math.round((Math.min(done, total) / total) * width);
      write(`\r[${"#".repeat(filled)}${" ".repeat(width - filled)}] ${done} of ${total}`);
    },
    end: () => write("\n"),
  };
}

/** Below so many, the work is done before anybody reads a number. */
const leastToCount = 2_000;

/** Returns a running number on the terminal, for work whose end is not known, and nothing where the output goes elsewhere. */
export function counter(unit: string, stream: NodeJS.WriteStream = process.stderr): { add(count: number): void; end(): void } {
  let total = 0;
  let shown = false;
  return {
    add: (count) => {
      total += count;
      if (!stream.isTTY || total < leastToCount) return;
      stream.write(`\r${total.toLocaleString("en")} ${unit} …`);
      shown = true;
    },
    end: () => void (shown && stream.write("\n")),
  };
}
