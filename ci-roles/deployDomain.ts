import { allow, type Statement } from "./document";
import { arnOf, newTag, ownTag, type Scope } from "./scope";

/** Actions that describe a hosted zone. The names in it are public. */
export const describeZones = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"];
/** Actions that find a hosted zone by its name. */
export const findZones = ["route53:ListHostedZones", "route53:ListHostedZonesByName"];

/** Allows managing the domain's certificate, address record and validation record. Hosted zones are shared and have no tag, so the record names
 * limit the changes.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
 * @see https://docs.aws.amazon.com/acm/latest/userguide/acm-conditions.html
 */
export function deployDomain(scope: Scope): Statement[] {
  const { domain } = scope.stack;
  if (domain === undefined) return [];
  const key = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
  const names = "acm:DomainNames";
  const zones = `arn:${scope.partition}:route53:::hostedzone/*`;
  return [
    allow("MakeCertificate", ["acm:RequestCertificate"], "*", {
      ...newTag(scope),
      "ForAllValues:StringEquals": { [names]: [domain] },
      Null: { [names]: "false" },
    }),
    allow("TagCertificate", ["acm:AddTagsToCertificate"], "*", newTag(scope)),
    allow("ManageCertificate", ["acm:*"], arnOf(scope, "acm", "certificate/*"), ownTag(scope)),
    allow("FindZone", findZones, "*"),
    allow("ReadZone", [...describeZones, "route53:GetChange"], [zones, `arn:${scope.partition}:route53:::change/*`]),
    allow("ChangeRecords", ["route53:ChangeResourceRecordSets"], zones, {
      "ForAllValues:StringLike": { [key]: [domain, `_*.${domain}`] },
      Null: { [key]: "false" },
    }),
  ];
}
