import { allow, type Statement } from "./document";
import { pipeline, secretsContext } from "./state";

/** Bucket and key of a project's state. */
export interface StateLocation {
  bucketArn: string;
  keyArn: string;
}

/** Matches the object with a stack's state. Stack names have no dot, so the pattern matches no other stack's. */
const stateObject = ({ bucketArn }: Pick<StateLocation, "bucketArn">, stack: string) =>
  `${bucketArn}/.pulumi/stacks/${pipeline}/${stack}.*`;

/** Lists a stack's objects that `pulumi up` writes: state, history, backups and locks. */
export function stateObjects({ bucketArn }: StateLocation, stack: string): string[] {
  return [
    stateObject({ bucketArn }, stack),
    `${bucketArn}/.pulumi/history/${pipeline}/${stack}/*`,
    `${bucketArn}/.pulumi/backups/${pipeline}/${stack}/*`,
    `${bucketArn}/.pulumi/locks/organization/${pipeline}/${stack}/*`,
  ];
}

/** Returns the ARN of the backend's metadata, which all stacks share. */
export const backendMetadata = ({ bucketArn }: StateLocation) => `${bucketArn}/.pulumi/meta.yaml`;

/** Lists the objects that `pulumi preview` reads. */
export const readableObjects = (state: StateLocation, ...stacks: string[]) => [
  backendMetadata(state),
  ...stacks.map((stack) => stateObject(state, stack)),
];

/**
 * Allows `pulumi preview` to read the state and the stack's secrets in it. S3 decrypts objects in the caller's name. Pulumi decrypts the
 * stack's own key, with the stack in the encryption context.
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

/** Allows `pulumi up` to read and write the state, history and locks. */
export function writeState(state: StateLocation, stack: string): Statement[] {
  return [
    ...readState(state, stack),
    allow("WriteState", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], stateObjects(state, stack)),
    allow("EncryptState", ["kms:GenerateDataKey"], [state.keyArn], throughS3(state.keyArn)),
  ];
}

/** Allows `pulumi stack init` to write the state and to encrypt the stack's own key. */
export function createStacks(state: StateLocation, stack: string): Statement[] {
  return [...writeState(state, stack), allow("EncryptStackKey", ["kms:Encrypt"], [state.keyArn], forStacks([stack]))];
}

/** Denies a deployment to do anything with the state's key except using it. Otherwise, a deployment that set its stack's tag on the key could
 * control it, and every stack's state and secrets. */
export function protectStateKey({ keyArn }: StateLocation): Statement {
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
