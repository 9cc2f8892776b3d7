import { fork, type ChildProcess } from "node:child_process";
import { namePlaceholder } from "../../domain/names";
import { leaseSeconds } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import { sourcesFileVariable, writeSources } from "../../testbed/sourcesFile";

/** File with the settings of the one source, the same for all children. */
let sourcesFile: string | undefined;

/** Returns the environment that Lambda would set for the receiver of one source. @param endpoint URL of AWS's stand-in */
export function childEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    LAMBDA_TASK_ROOT: "/var/task",
    _X_AMZN_TRACE_ID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
    POWERTOOLS_SERVICE_NAME: "receive",
    POWERTOOLS_METRICS_NAMESPACE: "WebhookPipeline",
    [Variable.environment]: "bench",
    [Variable.tableName]: "webhook-events-bench",
    [Variable.payloadBucket]: "webhook-payloads-bench-000000000000",
    [Variable.eventRetentionDays]: "90",
    [Variable.leaseSeconds]: String(leaseSeconds),
    [Variable.indexShards]: "1",
    [Variable.sourceSecrets]: `webhook-${namePlaceholder}-bench`,
    [sourcesFileVariable]: (sourcesFile ??= writeSources({ stripe: { provider: "stripe" } })),
  };
}

/** Starts a script in its own process with this environment alone. Its output is written as in Lambda, and discarded. */
export function startChild(script: string, args: string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env.PATH, ...environment };
  return fork(script, args, { env, execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

/** Waits for a child's only message. @throws Error if it ends without one */
export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`${child.spawnargs[1]} exited with code ${code} and sent no message.`)));
  });
}
