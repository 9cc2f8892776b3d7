import { allow, type Statement } from "./document";
import { pipeline, secretsContext } from "./state";

/** Where a project's state is kept, and with which key. */
export interface StateLocation {
  bucketArn: string;
  keyArn: string;
}

/** Returns the object that holds a stack's state. A stack's name has no dot, so that none begins with another's and a dot. */
const stateObject = ({ bucketArn }: Pick<StateLocation, "bucketArn">, stack: string) =>
  `${bucketArn}/.pulumi/stacks/${pipeline}/${stack}.*`;

/** Returns the state, and what `pulumi up` writes beside it. */
export function stateObjects({ bucketArn }: StateLocation, stack: string): string[] {
  return [
    stateObject({ bucketArn }, stack),
    `${bucketArn}/.pulumi/history/${pipeline}/${stack}/*`,
    `${bucketArn}/.pulumi/backups/${pipeline}/${stack}/*`,
    `${bucketArn}/.pulumi/locks/organization/${pipeline}/${stack}/*`,
  ];
}

/** Returns the form of the backend itself, which all stacks share. */
export const backendForm = ({ bucketArn }: StateLocation) => `${bucketArn}/.pulumi/meta.yaml`;

/** Returns what is read of the state to know what is deployed. */
export const readableObjects = (state: StateLocation, ...stacks: string[]) => [
  backendForm(state),
  ...stacks.map((stack) => stateObject(state, stack)),
];

/**
 * Allows what `pulumi preview` needs of the state: to read it, and the stack's secrets in it. S3 asks the key in the name of whoever
 * reads an object; Pulumi asks it for a stack's own key, and says for which stack.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
export function readState(state: StateLocation, ...stacks: string[]): Statement[] {
  const { bucketArn, keyArn } = state;
  return [
    allow("FindState", ["s3:ListBucket"], [bucketArn]),
    allow("ReadState", ["s3:GetObject"], readableObjects(state, ...stacks)),
    allow("DecryptState", ["kms:Decrypt"], [keyArn], throughS3(keyArn)),
    allow("DecryptSecrets", ["kms:Decrypt"], [keyArn], forStacks(stacks)),
  ];
}

/** Allows what `pulumi up` needs beside that: to write state, history and locks, and to remove locks. */
export function writeState(state: StateLocation, stack: string): Statement[] {
  return [
    ...readState(state, stack),
    allow("WriteState", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], stateObjects(state, stack)),
    allow("EncryptState", ["kms:GenerateDataKey"], [state.keyArn], throughS3(state.keyArn)),
  ];
}

/** Allows what `pulumi stack init` needs beside that: to encrypt the stack's own key. */
export function createStacks(state: StateLocation, stack: string): Statement[] {
  return [...writeState(state, stack), allow("EncryptStackKey", ["kms:Encrypt"], [state.keyArn], forStacks([stack]))];
}

/** Denies everything with the state's key except its use. */
export function keepStateKey({ keyArn }: StateLocation): Statement {
  const used = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"].map((action) => `kms:${action}`);
  return { Sid: "KeepStateKey", Effect: "Deny", NotAction: used, Resource: keyArn };
}

function throughS3(keyArn: string) {
  const region = keyArn.split(":")[3];
  return { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } };
}

function forStacks(stacks: string[]) {
  return { StringEquals: { [`kms:EncryptionContext:${secretsContext}`]: stacks } };
}
