import type { Clients, LocalAws } from "./clients";

/** What a provisioner works with: clients, and where they lead. */
export interface Where {
  clients: Clients;
  aws: LocalAws & { accountId: string };
}

/** The inputs of one resource, as its component passed them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each provisioner reads the inputs of its own type, which Pulumi hands over untyped
export type Inputs = any;

/** Makes one resource and says what AWS computed for it. */
export type Provisioner = (where: Where, inputs: Inputs, name: string) => Promise<{ id: string; [output: string]: unknown }>;
