import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each } from "../check";
import { fields, list, mayBe } from "../graph";
import { ownPlace } from "../place";
import type { RuleEntry } from "../rule";

/** A trail, and what awsx makes of one. */
const trailTypes = [Type.cloudTrail, Type.trail];

/** Tells whether a trail records management events: IAM's are among them. It does unless it says otherwise. */
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

/** The region in which IAM's and STS's events are recorded: one for all of the partition `aws`. */
const globalRegion = "us-east-1";
const otherPartitions = /^(cn|us-gov|us-iso\w*|eu-isoe|eusc)-/;

/** Rules over CloudTrail's trails. */
export const trailRules: RuleEntry[] = [
  {
    id: "trail-global-events",
    severity: "warning",
    awsError: "silent: no event of IAM, STS or CloudFront is recorded: who made a role, or took one, stays unknown",
    cause: "Since November 2021 these events are recorded in us-east-1, and a trail of one other region does not get them.",
    fix: "Set isMultiRegionTrail; or includeGlobalServiceEvents to false where another trail of the account records them.",
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
        `it records the management events of ${region} alone`
      );
    }),
  },
  {
    id: "trail-combination",
    awsError: "InvalidParameterCombinationException: Multi-Region trail must include global service events.",
    cause: "A trail of all regions records the events of IAM, STS and CloudFront, too.",
    fix: "Leave includeGlobalServiceEvents out.",
    link: "https://github.com/bluemountaincyber/evidence-app/issues/4",
    check: each(
      trailTypes,
      ({ inputs }) =>
        inputs.isMultiRegionTrail === true &&
        inputs.includeGlobalServiceEvents === false &&
        "it is of all regions, without their global events",
    ),
  },
];
