import { UserError } from "../../domain/userError";
import type { EventsOptions } from "./options";

export function tailEvents(options: EventsOptions): Promise<number> {
  throw new UserError(JSON.stringify(options));
}
