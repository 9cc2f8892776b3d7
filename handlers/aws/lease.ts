import { Variable } from "../../domain/variables";
import { requiredVariable } from "./environment";

/** Returns the seconds for which a claim is exclusive, as deployed. */
export const deployedLeaseSeconds = (): number => Number(requiredVariable(Variable.leaseSeconds));
