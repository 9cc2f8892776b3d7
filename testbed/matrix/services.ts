import { createHash } from "node:crypto";

/** A refusal by a service. */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The bucket of large payloads. */
export class Bucket {
  private readonly objects = new Map<string, Uint8Array>();

  put(key: string, body: Uint8Array): object {
    this.objects.set(key, body);
    return {};
  }

  /** Returns an object. @throws ServiceError AccessDenied for a missing object, because the caller may not list the bucket */
  get(key: string): { Body: Uint8Array } {
    const Body = this.objects.get(key);
    if (!Body) throw new ServiceError("AccessDenied", "Access Denied");
    return { Body };
  }

  has(key: string): boolean {
    return this.objects.has(key);
  }
}

export interface QueuedMessage {
  id: string;
  body: string;
  sentAt: number;
  hiddenUntil: number;
}

/** A queue. */
export class Queue {
  readonly messages: QueuedMessage[] = [];
  private sent = 0;

  send(body: string): object {
    const id = `message-${this.sent++}`;
    this.messages.push({ id, body, sentAt: Date.now(), hiddenUntil: 0 });
    return { MessageId: id, MD5OfMessageBody: md5(body) };
  }

  receive(most: number, hiddenSeconds: number): object {
    const Messages = this.take(most, hiddenSeconds).map(({ id, body, sentAt }) => ({
      MessageId: id,
      ReceiptHandle: id,
      Body: body,
      MD5OfBody: md5(body),
      Attributes: { SentTimestamp: String(sentAt) },
    }));
    return { Messages };
  }

  /** Takes visible messages, and hides them for a while. */
  take(most: number, hiddenSeconds: number): QueuedMessage[] {
    const now = Date.now();
    const visible = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= now).slice(0, most);
    for (const message of visible) message.hiddenUntil = now + hiddenSeconds * 1_000;
    return visible;
  }

  /** Changes for how long a message is hidden. */
  hide(handle: string, seconds: number): object {
    for (const message of this.messages) if (message.id === handle) message.hiddenUntil = Date.now() + seconds * 1_000;
    return {};
  }

  remove(handle: string): object {
    const index = this.messages.findIndex(({ id }) => id === handle);
    if (index >= 0) this.messages.splice(index, 1);
    return {};
  }
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
