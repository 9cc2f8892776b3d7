/**
 * Logs the transaction ID of each payment. An event can arrive more than once: a real subscriber stores the ID together with its effect.
 * Returns the messages that failed, so that SQS delivers only these again.
 */
export async function handler({ Records }) {
  const batchItemFailures = [];
  for (const { messageId, body } of Records) {
    try {
      const { detail } = JSON.parse(body);
      console.log(JSON.stringify({ message: "payment succeeded", transactionId: detail.transactionId }));
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
