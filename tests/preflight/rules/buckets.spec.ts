import { Type } from "../../../graph/types";
import { bucketRules } from "../../../preflight/rules/buckets";
import { other, own, specifyRules } from "../../helpers/patient";

const rule = (settings: object, ...also: string[]) =>
  own(
    (patient) => {
      const lifecycle = patient.one(Type.bucketLifecycle);
      Object.assign((lifecycle.inputs.rules as object[])[0], settings);
      return lifecycle;
    },
    ...also,
  );

/** A bucket of somebody else's, with days in its own rules. */
const within = (type: string, settings: object) =>
  other((patient) => patient.add(type, "with-rules", { bucket: "with-rules", lifecycleRules: [{ enabled: true, ...settings }] }));

describe("Rules over buckets", () =>
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
      other((patient) =>
        patient.add(Type.bucketLifecycleV2, "rules", {
          bucket: "with-rules",
          rules: [{ id: "expire", status: "Enabled", expiration: { days: 0 } }],
        }),
      ),
    ],
  }));
