import { PolicyPack } from "@pulumi/policy";
import { crossguardPolicies } from "./crossguard";
import { rules } from "./preflight";

/** Policy pack for `pulumi preview --policy-pack preflight`: checks the planned resources with the preflight's rules. */
new PolicyPack("webhook-pipeline", { policies: crossguardPolicies(rules) });
