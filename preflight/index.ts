import { PolicyPack } from "@pulumi/policy";
import { crossguardPolicies } from "./crossguard";
import { rules } from "./preflight";

/** `pulumi preview --policy-pack preflight`: the preflight's rules over what the engine plans. */
new PolicyPack("webhook-pipeline", { policies: crossguardPolicies(rules) });
