import { boundary } from "./boundary";
import { denyDataAccess } from "./data";
import { deployRoles, manageNamed, manageTagged } from "./deploy";
import { denyOtherTargets, deployDestinations } from "./deployDestinations";
import { deployDomain } from "./deployDomain";
import { deployNetwork } from "./deployNetwork";
import { document, type PolicyDocument } from "./document";
import { denyOutsideAccess } from "./openings";
import { previewFunctions, previewServices } from "./preview";
import type { DeployedStack, Place, Scope } from "./scope";
import {
  backendMetadata,
  protectStateKey,
  readableObjects,
  readState,
  stateObjects,
  writeState,
  type StateLocation,
} from "./statePolicies";

export { document, type PolicyDocument } from "./document";
export { accessName, boundaryName, type DeployedStack, type Place } from "./scope";
export { createStacks, readState, writeState, type StateLocation } from "./statePolicies";

/**
 * Host of GitHub's identity provider. Jobs need no stored credential: GitHub's token proves the repository and environment, and
 * AWS issues keys for an hour.
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export const identityProviderHost = "token.actions.githubusercontent.com";

/** Builds a trust policy for jobs with these subjects, such as `repo:acme/hooks:environment:prod`. */
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

/** A role's policies by topic. A managed policy can have 6,144 characters, and a role ten of them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export type Policies = Record<string, PolicyDocument>;

/** Builds the policies of the preview role: reading deployed resources and the state. */
export function previewPolicies(place: Place, state: StateLocation, stacks: readonly DeployedStack[]): Policies {
  const names = stacks.map(({ name }) => name);
  const scopes = stacks.map((stack) => ({ ...place, stack }));
  return {
    services: document(...previewServices(place)),
    functions: document(...previewFunctions(place, scopes)),
    state: document(...readState(state, ...names), ...denyDataAccess(readableObjects(state, ...names))),
  };
}

/** Builds the policies of a stack's deployment role. */
export function deployPolicies(place: Place, state: StateLocation, stack: DeployedStack): Policies {
  const scope: Scope = { ...place, stack };
  return {
    named: document(manageNamed(scope)),
    tagged: document(...manageTagged(scope)),
    destinations: document(...deployDestinations(scope)),
    network: document(...deployNetwork(scope), ...deployDomain(scope)),
    roles: document(...deployRoles(scope)),
    outside: document(...denyOutsideAccess(), denyOtherTargets(scope)),
    state: document(
      ...writeState(state, stack.name),
      protectStateKey(state),
      ...denyDataAccess([backendMetadata(state), ...stateObjects(state, stack.name)]),
    ),
  };
}

/** Builds the boundary of the roles that a stack creates. */
export function boundaryPolicy(place: Place, stack: DeployedStack): PolicyDocument {
  return document(...boundary({ ...place, stack }));
}
