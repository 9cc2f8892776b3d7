import type { Account } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider";
import type { PipelineArgs } from "../../config/args";
import { configOf } from "../../config/fromArgs";
import { separateOutputs } from "../../config/passedThrough";
import { isConfidential } from "../../config/problems";
import { outputDescriptions } from "../../components/pipelineOutputs";
import { nameProblem } from "../../components/lib/ownNames";
import { placeOf } from "../../components/webhookApi/loggingAccounts";
import { WebhookPipeline } from "../../components/webhookPipeline";
import { packageName } from "../../domain/package";

/** Constructs pipelines for programs in other languages, in a process of its own. */
export class Host implements Provider {
  readonly version: string;
  /** API Gateway's logging accounts, by run and place: each construction has its own connection to the engine. */
  readonly #loggingAccounts = new Map<string, Account>();
  /** Owners of names: of the preview, and of the deployment. */
  readonly #owners = { preview: new Map<string, string>(), deployment: new Map<string, string>() };

  /** @param schema JSON of the package's schema */
  constructor(readonly schema: string) {
    this.version = (JSON.parse(schema) as { version: string }).version;
  }

  /**
   * Creates a pipeline.
   * @throws InputPropertiesError with everything that is wrong with the arguments; the engine prints them one by one
   */
  async construct(name: string, type: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions): Promise<ConstructResult> {
    if (type !== `${packageName}:index:WebhookPipeline`)
      throw new Error(`Unknown component ${type}. Components: ${packageName}:index:WebhookPipeline.`);
    const pipeline = withShortMessage(inputs, () => this.#create(name, inputs as PipelineArgs, options));
    const outputs = Object.keys(outputDescriptions) as (keyof typeof outputDescriptions)[];
    return { urn: pipeline.urn, state: Object.fromEntries(outputs.map((output) => [output, pipeline[output]])) };
  }

  #create(name: string, args: PipelineArgs, options: pulumi.ComponentResourceOptions): WebhookPipeline {
    const shared = args.manageApiGatewayAccount === undefined;
    const key = `${pulumi.runtime.isDryRun()} ${placeOf(configOf(name, args))}`;
    const loggingAccount = shared ? this.#loggingAccounts.get(key) : undefined;
    const pipeline = new WebhookPipeline(name, { ...args, loggingAccount }, options);
    this.#requireOwnNames(name, pipeline);
    if (pipeline.webhookApi.loggingAccount) this.#loggingAccounts.set(key, pipeline.webhookApi.loggingAccount);
    return pipeline;
  }

  /** Refuses a pipeline with a name that an earlier one has, although their constructors cannot know of each other. */
  #requireOwnNames(name: string, { context }: WebhookPipeline): void {
    const owners = this.#owners[pulumi.runtime.isDryRun() ? "preview" : "deployment"];
    context.accountId.apply((account) => {
      const problem = nameProblem(owners, name, `the account ${account}`, context.config);
      if (problem) throw new pulumi.RunError(problem);
    });
  }
}

/**
 * Calls `make`. Of an error's message, it leaves the first line: the engine prints the rest itself, each sentence after the value at its path.
 * It prints a secret in plain text, too. So the sentences about values that may be secrets stay in the message.
 */
function withShortMessage<T>(inputs: pulumi.Inputs, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!pulumi.InputPropertiesError.isInstance(error)) throw error;
    const [message] = error.message.split(":\n");
    const errors = error.errors ?? [];
    const hidden = errors.filter(({ propertyPath }) => mayBeSecret(inputs, propertyPath));
    const sentences = hidden.map(({ reason }) => `\n  - ${reason}`).join("");
    throw new pulumi.InputPropertiesError({
      message: sentences ? `${message}:${sentences}` : message,
      errors: errors.filter((one) => !hidden.includes(one)),
    });
  }
}

/** Tells whether an argument is never shown, or has an output in it, which may be a secret. */
function mayBeSecret(inputs: pulumi.Inputs, propertyPath: string): boolean {
  const [key = ""] = /^\w+/.exec(propertyPath) ?? [];
  const { outputs, problems } = separateOutputs({ [key]: inputs[key] as unknown });
  return isConfidential(propertyPath) || outputs.length + problems.length > 0;
}
