import { createHmac } from "node:crypto";

interface NotificationItem {
  NotificationRequestItem: Record<string, unknown> & {
    amount: { value: number; currency: string };
    additionalData?: Record<string, string>;
  };
}

/** Signs each item of an Adyen notification, unless it is signed already. Returns any other body unchanged. */
export function sealNotification(body: Buffer, hmacKey: string): Buffer {
  const notification = parseNotification(body);
  if (!notification) return body;
  for (const { NotificationRequestItem: item } of notification.notificationItems) {
    const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = item;
    const fields = [
      pspReference,
      originalReference,
      merchantAccountCode,
      merchantReference,
      amount.value,
      amount.currency,
      eventCode,
      success,
    ];
    const hmacSignature = createHmac("sha256", Buffer.from(hmacKey, "hex")).update(fields.join(":")).digest("base64");
    item.additionalData = { hmacSignature, ...item.additionalData };
  }
  return Buffer.from(JSON.stringify(notification));
}

/** Parses a notification. @returns `undefined` for a body that is no notification */
function parseNotification(body: Buffer): { notificationItems: NotificationItem[] } | undefined {
  try {
    const value = JSON.parse(body.toString()) as { notificationItems?: NotificationItem[] };
    return value.notificationItems?.every(({ NotificationRequestItem: item }) => item.amount) ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
