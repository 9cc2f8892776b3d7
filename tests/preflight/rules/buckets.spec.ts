import { Type } from "../../../preflight/graph/types";
import { bucketRules } from "../../../preflight/rules/buckets";
import { other, own, specifyRules } from "../../helpers/brokenGraph";

const rule = (settings: object, ...also: string[]) =>
  own(
    (broken) => {
      const lifecycle = broken.one(Type.bucketLifecycle);
      Object.assign((lifecycle.inputs.rules as object[])[0], settings);
      return lifecycle;
    },
    ...also,
  );

/** Adds a bucket with lifecycle rules of its own. */
const within = (type: string, settings: object) =>
  other((broken) => broken.add(type, "with-rules", { bucket: "with-rules", lifecycleRules: [{ enabled: true, ...settings }] }));

describe("Rules for buckets", () =>
  specifyRules(bucketRules, {
    "bucket-lifecycle-days": [
      rule({ expiration: { days: 0 } }, "project-bucket"),
      rule({ expiration: { days: 1.5 } }),
      rule({ noncurrentVersionExpiration: { noncurrentDays: 0 } }),
      rule({ abortIncompleteMultipartUpload: { daysAfterInitiation: 0 } }),
      within(Type.bucket, { expiration: { days: 0 } }),
      within(Type.bucket, { noncurrentVersionExpiration: { days: 0 } }),
      within(Type.bucket, { abortIncompleteMultipartUploadDays: 0 }),
      within(Type.bucketV2, { expirations: [{ days: 30 }, { days: 0 }] }),
      within(Type.bucketV2, { noncurrentVersionExpirations: [{ days: 0 }] }),
      other((broken) =>
        broken.add(Type.bucketLifecycleV2, "rules", {
          bucket: "with-rules",
          rules: [{ id: "expire", status: "Enabled", expiration: { days: 0 } }],
        }),
      ),
    ],
  }));
