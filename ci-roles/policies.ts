import { boundary } from "./boundary";
import { keepFromData } from "./data";
import { deployRoles, manageNamed, manageTagged } from "./deploy";
import { deployDomain } from "./deployDomain";
import { deployNetwork } from "./deployNetwork";
import { document, type PolicyDocument } from "./document";
import { letNobodyIn } from "./openings";
import { previewFunctions, previewServices } from "./preview";
import type { DeployedStack, Place, Scope } from "./scope";
import { backendForm, keepStateKey, readableObjects, readState, stateObjects, writeState, type StateLocation } from "./statePolicies";

export { document, type PolicyDocument } from "./document";
export { accessName, boundaryName, type DeployedStack, type Place } from "./scope";
export { createStacks, readState, writeState, type StateLocation } from "./statePolicies";

/**
 * What GitHub Actions may do, as documents. Nothing here is a credential: a job proves by GitHub's token which repository and
 * environment it runs for, and gets keys for an hour.
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export const identityProviderHost = "token.actions.githubusercontent.com";

/** Lets jobs of these subjects take a role, e.g. `repo:acme/hooks:environment:prod`. */
export function trustGitHub(providerArn: string, subjects: string[]): PolicyDocument {
  return document({
    Sid: "TrustGitHub",
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${identityProviderHost}:aud`]: "sts.amazonaws.com", [`${identityProviderHost}:sub`]: subjects },
    },
  });
}

/** A role's policies, by what each is about: a managed policy holds 6,144 characters, and a role has ten of them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export type Policies = Record<string, PolicyDocument>;

/** Returns what pull requests and the nightly comparison may do: read what is deployed, and the state. */
export function previewPolicies(place: Place, state: StateLocation, stacks: readonly DeployedStack[]): Policies {
  const names = stacks.map(({ name }) => name);
  const scopes = stacks.map((stack) => ({ ...place, stack }));
  return {
    services: document(...previewServices(place)),
    functions: document(...previewFunctions(place, scopes)),
    state: document(...readState(state, ...names), ...keepFromData(readableObjects(state, ...names))),
  };
}

/** Returns what the deployment of one stack may do. */
export function deployPolicies(place: Place, state: StateLocation, stack: DeployedStack): Policies {
  const scope: Scope = { ...place, stack };
  return {
    named: document(manageNamed(scope)),
    tagged: document(...manageTagged(scope)),
    network: document(...deployNetwork(scope), ...deployDomain(scope)),
    roles: document(...deployRoles(scope), ...letNobodyIn()),
    state: document(
      ...writeState(state, stack.name),
      keepStateKey(state),
      ...keepFromData([backendForm(state), ...stateObjects(state, stack.name)]),
    ),
  };
}

/** Returns what bounds the roles that a stack makes. */
export function boundaryPolicy(place: Place, stack: DeployedStack): PolicyDocument {
  return document(...boundary({ ...place, stack }));
}
