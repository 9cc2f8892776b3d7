import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineConfig } from "../../config/schema";

/** Logging accounts that the pipelines of a program have created, by the program's connection to the engine, region and accounts. */
const accounts = new WeakMap<object, Map<string, aws.apigateway.Account>>();

type Place = Pick<PipelineConfig, "region" | "allowedAccountIds">;

/** Tells AWS accounts and regions apart, as far as the configuration does. */
export const placeOf = ({ region, allowedAccountIds }: Place) => [region, ...[...allowedAccountIds].sort()].join(" ");

/** Returns the logging account that an earlier pipeline of this program has created; `undefined`: there is none. */
export function sharedLoggingAccount(config: Place): aws.apigateway.Account | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && accounts.get(monitor)?.get(placeOf(config));
}

/** Shares a logging account with the later pipelines of this program: API Gateway has one for an account and region. */
export function shareLoggingAccount(config: Place, account: aws.apigateway.Account): void {
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) return;
  const known = accounts.get(monitor) ?? new Map<string, aws.apigateway.Account>();
  accounts.set(monitor, known.set(placeOf(config), account));
}
