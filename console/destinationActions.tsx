import { useState } from "preact/hooks";
import type { DestinationView, Problem, Tested } from "../cli/console/api";
import { problemOf } from "./client";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { closeDialog, Dialog } from "./dialog";
import { printable } from "../cli/lib/printable";
import { inDuration, inNumber } from "./format";
import { ActionButton, ProblemBox, ReadOnlyNote } from "./parts";

/** Offers what can be done with a destination: pause, resume, test. */
export function DestinationActions({ destination, reload }: { destination: DestinationView; reload: () => void }) {
  const [open, setOpen] = useState<"pause" | "resume" | "test">();
  const { state, type } = destination;
  const blocked = type !== "https" && "Consumers poll its queue: there is nothing to pause or test.";
  const close = () => setOpen(undefined);
  return (
    <div class="toolbar wrap">
      {state === "paused" ? (
        <ActionButton main onClick={() => setOpen("resume")} blocked={blocked}>
          Resume…
        </ActionButton>
      ) : (
        <ActionButton onClick={() => setOpen("pause")} blocked={blocked}>
          Pause…
        </ActionButton>
      )}
      <ActionButton onClick={() => setOpen("test")} blocked={blocked}>
        Send a test event…
      </ActionButton>
      <ReadOnlyNote />
      {open === "pause" && <PauseDialog destination={destination} onDone={reload} onClose={close} />}
      {open === "resume" && <ResumeDialog destination={destination} onDone={reload} onClose={close} />}
      {open === "test" && <TestDialog name={destination.name} onClose={close} />}
    </div>
  );
}

interface SteerProps {
  destination: DestinationView;
  onDone: () => void;
  onClose: () => void;
}

/** Runs a request, and remembers that it runs and what went wrong. */
function useRequest(): { isRunning: boolean; problem?: Problem; run: (request: () => Promise<void>) => Promise<void> } {
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (request: () => Promise<void>) => {
    setRunning(true);
    setProblem(undefined);
    await request().catch((error: unknown) => setProblem(problemOf(error)));
    setRunning(false);
  };
  return { isRunning, problem, run };
}

function PauseDialog({ destination: { name }, onDone, onClose }: SteerProps) {
  const { client, say } = useShared();
  const [reason, setReason] = useState("");
  const { isRunning, problem, run } = useRequest();
  const pause = () =>
    run(async () => {
      const { changed } = await client.post("/api/pause", { destination: name, ...(reason.trim() !== "" && { reason: reason.trim() }) });
      say(changed ? `${name} is paused. Its events wait.` : `An operator had paused ${name} before.`);
      onDone();
      onClose();
    });
  return (
    <Dialog title={`Pause ${name}`} onClose={onClose}>
      <p>Nothing is sent to it until someone resumes it. Its events wait; SQS forgets a message after 14 days.</p>
      <label class="field">
        <span>Reason, for those who see the pause</span>
        <input autofocus value={reason} maxLength={200} autocomplete="off" onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      {problem && <ProblemBox problem={problem} />}
      <footer class="dialog-foot">
        <CommandButton words={["destinations", "pause", name]} options={{ reason: reason.trim() }} />
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
        <button type="button" class="main" disabled={isRunning} onClick={() => void pause()}>
          Pause {name}
        </button>
      </footer>
    </Dialog>
  );
}

function ResumeDialog({ destination: { name, waiting, inFlight }, onDone, onClose }: SteerProps) {
  const { client, say } = useShared();
  const { isRunning, problem, run } = useRequest();
  const resume = () =>
    run(async () => {
      const { changed } = await client.post("/api/resume", { destination: name });
      say(changed ? `${name} is resumed.` : `${name} was not paused.`);
      onDone();
      onClose();
    });
  return (
    <Dialog title={`Resume ${name}`} onClose={onClose}>
      <p>
        Deliveries start again, slowly at first. {inNumber(waiting + inFlight)}{" "}
        {waiting + inFlight === 1 ? "message waits" : "messages wait"}.
      </p>
      {problem && <ProblemBox problem={problem} />}
      <footer class="dialog-foot">
        <CommandButton words={["destinations", "resume", name]} />
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
        <button type="button" class="main" autofocus disabled={isRunning} onClick={() => void resume()}>
          Resume {name}
        </button>
      </footer>
    </Dialog>
  );
}

function TestDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { client } = useShared();
  const [result, setResult] = useState<Tested>();
  const { isRunning, problem, run } = useRequest();
  const test = () => run(async () => setResult(await client.post("/api/test", { destination: name })));
  return (
    <Dialog title={`Test ${name}`} onClose={onClose}>
      <p>
        Posts a signed event of the type <code>webhook.test</code> to the service itself, whatever its state.
      </p>
      <div role="status">{result && <TestReport result={result} />}</div>
      {problem && <ProblemBox problem={problem} />}
      <footer class="dialog-foot">
        <CommandButton words={["destinations", "test", name]} />
        <button type="button" onClick={closeDialog}>
          Close
        </button>
        <button type="button" class="main" autofocus disabled={isRunning} onClick={() => void test()}>
          {isRunning ? "Sending…" : result ? "Send another" : "Send the test event"}
        </button>
      </footer>
    </Dialog>
  );
}

function TestReport({ result: { delivered, status, error, durationMs } }: { result: Tested }) {
  const answer = status === undefined ? "no answer" : `answer ${status}`;
  return (
    <p class={delivered ? "notice notice-good" : "notice notice-bad"}>
      <strong>{delivered ? "Delivered" : "Not delivered"}</strong>: {answer} after {inDuration(durationMs)}.
      {error !== undefined && ` ${printable(error)}`}
    </p>
  );
}
