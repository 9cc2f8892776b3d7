import { UserError } from "../domain/userError";
import { post, type WebhookResponse } from "../local/post";

const mostTries = 5;

/**
 * Posts as sources do: again after a 503, with which a receiver that is short of time asks for it, and after no answer.
 * @throws UserError after five tries
 */
export async function postUntilAnswered(...request: Parameters<typeof post>): Promise<WebhookResponse> {
  for (let tries = 1; ; tries++) {
    // Neither a slow answer nor a connection that nobody accepts in time has one.
    const answer = await post(...request).catch((error: Error) => {
      if (error.name !== "TimeoutError" && error.message !== "fetch failed") throw error;
    });
    if (answer !== undefined && answer.status !== 503) return answer;
    if (tries === mostTries) {
      const last = answer?.status ?? "a timeout";
      throw new UserError(
        `The local AWS answered none of ${mostTries} tries in time, the last with ${last}. Run the command again with less beside it.`,
      );
    }
  }
}
