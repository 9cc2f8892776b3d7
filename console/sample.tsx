import { useEffect, useState } from "preact/hooks";
import type { Problem, Sent } from "../cli/console/api";
import { problemOf } from "./client";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { closeDialog, Dialog } from "./dialog";
import { printable } from "../cli/lib/printable";
import { EventLink, ProblemBox } from "./parts";

/** Sends a sample of a source to the local run, with a body that can be edited; it is signed as the source does. */
export function SampleDialog({ source, onClose }: { source: string; onClose: () => void }) {
  const { client } = useShared();
  const [body, setBody] = useState<string>();
  const [sent, setSent] = useState<Sent>();
  const [problem, setProblem] = useState<Problem>();
  const [isSending, setSending] = useState(false);
  const renew = () => client.get("/api/sample", { source }).then((sample) => setBody(sample.body), fail);
  const fail = (error: unknown) => setProblem(problemOf(error));
  useEffect(() => void renew(), [source]);
  const send = async () => {
    setSending(true);
    setProblem(undefined);
    await client.post("/api/send", { source, body: body ?? "" }).then(setSent, fail);
    setSending(false);
  };
  const another = () => {
    setSent(undefined);
    void renew();
  };
  return (
    <Dialog title={`Send a sample of ${source}`} onClose={onClose} wide>
      <label class="field">
        <span>Body, signed as {source} does</span>
        <textarea
          class="mono"
          rows={14}
          spellcheck={false}
          value={body ?? ""}
          disabled={body === undefined}
          onInput={(event) => setBody(event.currentTarget.value)}
        />
      </label>
      <div role="status">{sent && <SentReport sent={sent} />}</div>
      {problem && <ProblemBox problem={problem} />}
      <footer class="dialog-foot">
        <CommandButton words={["send", source]} />
        <button type="button" onClick={closeDialog}>
          Close
        </button>
        {sent && (
          <button type="button" onClick={another}>
            New sample
          </button>
        )}
        <button type="button" class="main" disabled={isSending || body === undefined} onClick={() => void send()}>
          {isSending ? "Sending…" : sent ? "Send it again" : "Send"}
        </button>
      </footer>
    </Dialog>
  );
}

function SentReport({ sent: { outcome, inWords, transactionId } }: { sent: Sent }) {
  const isGood = ["stored", "duplicate", "answered"].includes(outcome);
  return (
    <p class={isGood ? "notice notice-good" : "notice notice-bad"}>
      {printable(inWords)}{" "}
      {transactionId !== null && (
        <>
          <br />
          Open <EventLink id={transactionId} />
        </>
      )}
    </p>
  );
}
