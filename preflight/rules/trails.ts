import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each } from "../check";
import { fields, list, mayBe } from "../graph/graph";
import { ownPlace } from "../place";
import type { RuleEntry } from "../rule";

/** Trails: the resource, and awsx's component. */
const trailTypes = [Type.cloudTrail, Type.trail];

/** Returns whether a trail records management events, which include IAM's. That is the default. */
function recordsManagement({ inputs }: GraphResource): boolean {
  const { eventSelectors: basic, advancedEventSelectors: advanced } = inputs;
  if (advanced !== undefined)
    return list(advanced).some((selector) =>
      list(fields(selector).fieldSelectors)
        .map(fields)
        .some(({ field, equals }) => field === "eventCategory" && list(equals).includes("Management")),
    );
  return basic === undefined || list(basic).some((selector) => fields(selector).includeManagementEvents !== false);
}

/** Region that records the events of IAM and STS for the whole partition `aws`. */
const globalRegion = "us-east-1";
const otherPartitions = /^(cn|us-gov|us-iso\w*|eu-isoe|eusc)-/;

/** Rules for CloudTrail. */
export const trailRules: RuleEntry[] = [
  {
    id: "trail-global-events",
    severity: "warning",
    awsError: "silent: the trail records no event of IAM, STS or CloudFront, so nobody can tell who created or assumed a role",
    cause: "Since November 2021, AWS records these events in us-east-1, and a single-region trail elsewhere does not receive them.",
    fix: "Set isMultiRegionTrail to true, or includeGlobalServiceEvents to false if another trail of the account records them.",
    link: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail-by-using-the-aws-cli-update-trail.html",
    check: each(trailTypes, (trail, graph) => {
      const { region } = ownPlace(graph);
      return (
        region !== undefined &&
        region !== globalRegion &&
        !otherPartitions.test(region) &&
        !mayBe(trail, "isMultiRegionTrail", true) &&
        !mayBe(trail, "includeGlobalServiceEvents", false) &&
        recordsManagement(trail) &&
        `isMultiRegionTrail is not set, so the trail records only the management events of ${region}`
      );
    }),
  },
  {
    id: "trail-combination",
    awsError: "InvalidParameterCombinationException: Multi-Region trail must include global service events.",
    cause: "A multi-region trail must include the events of global services.",
    fix: "Remove includeGlobalServiceEvents.",
    link: "https://github.com/bluemountaincyber/evidence-app/issues/4",
    check: each(
      trailTypes,
      ({ inputs }) =>
        inputs.isMultiRegionTrail === true &&
        inputs.includeGlobalServiceEvents === false &&
        "isMultiRegionTrail is true, but includeGlobalServiceEvents is false",
    ),
  },
];
