import type { MissingPermission } from "./api";
import { refusedAction } from "./problems";

/** Permissions that calls of AWS turned out to lack. */
export class MissingPermissions {
  readonly found: MissingPermission[] = [];

  /**
   * Makes a call.
   * @param permission IAM action that it needs, such as `pipes:DescribePipe`
   * @param purpose what it is made for, as in "the state of the pipe"
   * @returns `undefined` if the credentials may not make it: then the permission is kept as a missing one
   */
  async attempt<T>(permission: string, purpose: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (refusedAction(error as Error) === undefined) throw error;
      this.found.push({ permission, for: purpose });
      return undefined;
    }
  }
}
