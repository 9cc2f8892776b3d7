import type * as pulumi from "@pulumi/pulumi";
import type { Clients, LocalAws } from "../clients";

/** What a provisioner works with: clients, and where they lead. */
export interface Where {
  clients: Clients;
  aws: LocalAws & { accountId: string };
}

/** The inputs of one resource as its component passed them: untyped, as Pulumi hands them over. */
export type Inputs = pulumi.runtime.MockResourceArgs["inputs"];

/** Makes one resource and says what AWS computed for it. */
export type Provisioner = (where: Where, inputs: Inputs, name: string) => Promise<{ id: string; [output: string]: unknown }>;
