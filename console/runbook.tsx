import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { useAnswer } from "./load";
import { blocksOf, type Block } from "./markdown";
import { ProblemBox, Skeleton } from "./parts";

/** Opens what the runbook says under a heading, which says what to do. */
export function RunbookLink({ heading }: { heading: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="link" onClick={() => setOpen(true)}>
        Runbook: {heading}
      </button>
      {isOpen && <RunbookDialog heading={heading} onClose={() => setOpen(false)} />}
    </>
  );
}

function RunbookDialog({ heading, onClose }: { heading: string; onClose: () => void }) {
  const { answer, problem, reload } = useAnswer("/api/runbook", { heading });
  return (
    <Dialog title={heading} onClose={onClose} wide>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <div class="runbook">{blocksOf(answer.text).map(render)}</div> : !problem && <Skeleton rows={6} />}
      <p class="muted small">
        docs/runbook.md has every heading. Replace <code>{"<suffix>"}</code> and <code>{"<stack>"}</code> with those of the stack.
      </p>
    </Dialog>
  );
}

function render(block: Block, index: number) {
  if (block.kind === "code") return <pre key={index}>{block.text}</pre>;
  if (block.kind === "text") return <p key={index}>{inline(block.text)}</p>;
  return (
    <p key={index} class={`entry entry-${Math.min(block.depth, 2)}`}>
      {inline(block.text)}
    </p>
  );
}

/** Renders bold, emphasis and code; of a link, its text. */
function inline(text: string): ComponentChildren {
  const marks = /(\*\*[^*]+\*\*|`[^`]+`|\b_[^_]+_\b|\[[^\]]+\]\([^)]+\))/;
  return text.split(marks).map((part) => {
    if (part.startsWith("**") && part.length > 4) return <strong>{part.slice(2, -2)}</strong>;
    if (part.startsWith("`") && part.length > 2) return <code>{part.slice(1, -1)}</code>;
    if (part.startsWith("_") && part.length > 2) return <em>{part.slice(1, -1)}</em>;
    const [, label] = /^\[([^\]]+)\]\([^)]+\)$/.exec(part) ?? [];
    return label ?? part;
  });
}
