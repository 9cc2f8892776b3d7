import * as pulumi from "@pulumi/pulumi";

const tagName = "IndexShards";

/** Returns the tag in which the table keeps the number of its indexes' shards. */
export const shardsTag = (shards: number): Record<string, string> => ({ [tagName]: String(shards) });

/**
 * Returns hooks of the table that refuse fewer shards than it has had, also in a preview: nothing would list or requeue the events of the
 * others. Pulumi's mock runtime cannot register a hook, so there are none without an engine.
 * @param name unique in the stack
 */
export function keepShards(name: string): pulumi.ResourceHookBinding {
  const onDryRun = { onDryRun: true };
  return pulumi.runtime.hasEngine() ? { beforeUpdate: [new pulumi.ResourceHook(`${name}-keep-shards`, refuseFewer, onDryRun)] } : {};
}

/** Refuses an update of the table. @throws Error if it would have fewer shards than before */
export function refuseFewer({ oldInputs, newInputs }: Pick<pulumi.ResourceHookArgs, "oldInputs" | "newInputs">): void {
  const [before, after] = [shardsIn(oldInputs), shardsIn(newInputs)];
  if (after < before)
    throw new Error(
      `indexShards would be ${after}, but the table's events have ${before} shards. Nothing would list or requeue those of the others. ` +
        `Set indexShards to ${before} or more.`,
    );
}

/** Reads a table's number of shards from its tag. */
function shardsIn(inputs: Record<string, unknown> | undefined): number {
  return Number((inputs?.tags as Record<string, string> | undefined)?.[tagName] ?? 0);
}
