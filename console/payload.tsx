import { useState } from "preact/hooks";
import type { Payload } from "../cli/console/api";
import { problemOf } from "./client";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { printable, printableLines } from "../cli/lib/printable";
import { inBytes } from "./format";
import { JsonTree } from "./jsonTree";
import { parseJson } from "./json";
import { useAnswer } from "./load";
import { ProblemBox, Section, Skeleton } from "./parts";

/** Shows an event's body when a person asks for it, never before: it may have personal data. */
export function PayloadSection({ id }: { id: string }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <Section title="Payload" aside={<CommandButton words={["events", "show", id, "--payload"]} />}>
      {isAsked ? (
        <Asked id={id} />
      ) : (
        <div class="pad row">
          <button type="button" onClick={() => setAsked(true)}>
            Show the payload
          </button>
          <span class="muted small">It may contain personal data. It is read when you click.</span>
        </div>
      )}
    </Section>
  );
}

function Asked({ id }: { id: string }) {
  const { answer, problem, reload } = useAnswer("/api/payload", { id });
  if (answer) return <Body id={id} payload={answer} />;
  return problem ? <ProblemBox problem={problem} retry={reload} /> : <Skeleton rows={4} />;
}

const forms = ["Tree", "Raw", "Hex"] as const;
type Form = (typeof forms)[number];

function Body({ id, payload }: { id: string; payload: Payload }) {
  const bytes = Uint8Array.from(atob(payload.base64), (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  const json = payload.isCut ? undefined : parseJson(text);
  const [form, setForm] = useState<Form>(json ? "Tree" : "Raw");
  return (
    <>
      <div class="row pad payload-head">
        <div class="switch" role="group" aria-label="Form of the payload">
          {forms.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={form === one}
              disabled={one === "Tree" && !json}
              title={
                one === "Tree" && !json
                  ? payload.isCut
                    ? "Only a part of the payload is shown."
                    : "It is not JSON, or nested too deeply."
                  : undefined
              }
              onClick={() => setForm(one)}
            >
              {one}
            </button>
          ))}
        </div>
        <span class="muted">
          {inBytes(payload.bytes)}
          {payload.mediaType !== null && `, ${printable(payload.mediaType)}`}
          {payload.isCut && `; the first ${inBytes(bytes.length)} are shown`}
        </span>
        <Download id={id} />
      </div>
      <div class="payload" role="region" aria-label="Payload" tabIndex={0}>
        {form === "Tree" && json && <JsonTree value={json} />}
        {form === "Raw" && <pre>{printableLines(text)}</pre>}
        {form === "Hex" && <pre>{hexOf(bytes)}</pre>}
      </div>
    </>
  );
}

/** Saves the exact bytes as a file. */
function Download({ id }: { id: string }) {
  const { client, say } = useShared();
  const download = async () => {
    try {
      const url = URL.createObjectURL(await client.file(id));
      const link = document.createElement("a");
      link.href = url;
      link.download = `${id.replace(/[^\w.-]+/g, "-")}.body`;
      link.click();
      // The browser reads it a moment after the click.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      say(problemOf(error).error);
    }
  };
  return (
    <button type="button" onClick={() => void download()}>
      Download
    </button>
  );
}

/** Writes bytes as `hexdump -C` does: place, bytes, and what of them is printable ASCII. */
function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const some = [...bytes.subarray(at, at + 16)];
    const hex = some.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = some.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${ascii}`);
  }
  return lines.join("\n");
}
