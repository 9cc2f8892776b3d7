/** A bar on the terminal, and nothing where the output goes elsewhere. */
export interface ProgressBar {
  /** @param done so many; more than there were to be is shown as all */
  show(done: number): void;
  /** Ends its line. */
  end(): void;
}

const width = 30;

/** Shows a bar on a terminal. @param total what there is to do; of one thing or none, no bar is shown */
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
