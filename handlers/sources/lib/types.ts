import type { Meanings } from "../../../domain/meaning";
import type { MediaType } from "../../../domain/payload";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";

/** Identity of an event, and its type and time. */
export interface Identity {
  /** Same for every delivery of the event and different for every other event: the provider's own ID, or a digest of what it signed. */
  eventId: string;
  eventType: string;
  /** When it happened, RFC 3339; `undefined` if the event does not say, or not plausibly. */
  occurredAt: string | undefined;
}

/** Mode and account of an event. One secret may serve test and live mode, and many accounts. */
export interface Origin {
  /** `true` if the provider marks it as a test; `false` if it does not say. */
  test: boolean;
  /** The provider's ID of the account that the event is about; `undefined` if no signed part of the event says it. */
  account: string | undefined;
}

/** Answer with a body that a provider expects. */
export interface Answer {
  status: number;
  /** Token of the request that an operator is shown, if the source has no secret yet; otherwise the request is none to answer. */
  token?: string;
  body: { contentType: string; text: string };
}

/** Answer that tells a provider that an event has arrived. */
export interface Acknowledgment {
  status: number;
  /** Absent: the transaction ID as JSON. */
  body?: Answer["body"];
  /** Seconds after which the provider may send the event again; `undefined`: it does not document them. */
  withinSeconds: number | undefined;
}

/** Provider of webhooks: one file in this folder. */
export interface Provider<Credential = unknown> {
  /** Formats of its bodies. */
  mediaTypes: readonly MediaType[];
  /** Name of a form's field with JSON, which is the event; absent: the fields are. */
  jsonField?: string;
  /** Format as which a body is read, whatever its content type; absent: that of its content type. */
  readAs?: MediaType;
  acknowledgment: Acknowledgment;
  /** Checks one entry of the provider's secret. @throws z.core.$ZodError if a field is missing or has the wrong form */
  parseCredential(value: unknown): Credential;
  /**
   * Verifies that the source sent the request and that nobody changed it.
   * @param credentials one, or two during a rotation; either may have signed
   * @throws Refusal signature, with the failed check; unavailable, if data that the check needs is missing
   */
  verify(request: WebhookRequest, credentials: readonly Credential[], now: Date): Promise<void> | void;
  /** Returns the answer to a verified request that is not an event, such as a URL confirmation; `undefined` for an event. */
  answerTo?(event: Json, request: WebhookRequest, credentials: readonly Credential[], now: Date): Answer | undefined;
  /** Returns the answer to a request that is not signed, such as the challenge of a new URL; it proves nothing, so it only returns a text. */
  answerUnsigned?(event: Json | undefined, request: WebhookRequest): Answer | undefined;
  /** True if a HEAD is answered 200: the provider checks the URL by one. */
  answersHead?: boolean;
  /** Keys of an array in the body whose items are events of their own; absent: a delivery is one event. */
  itemsPath?: readonly string[];
  /**
   * Returns the event's identity; of several items, that of a delivery with one of them alone.
   * @param now when it arrived
   * @returns `undefined` if its ID is missing
   */
  identify(event: Json, request: WebhookRequest, now?: Date): Identity | undefined;
  /** Reads an event's mode and account. Absent: the provider's events contain neither. @param request with the stored headers only */
  originOf?(event: Json, request: Pick<WebhookRequest, "headers" | "mediaType">): Origin;
  /** What the events of a described provider mean; those of a provider with code are in meanings.ts. */
  meanings?: Meanings;
  /** Returns the one item of a stored delivery, which the paths of `meanings` begin at; absent: the event itself. */
  itemIn?(event: Json): Json;
  /** Body of a refusal; absent: the error as JSON. Xero demands an empty one. */
  refusalBody?: string;
  /** Headers that are stored with the body, besides `user-agent`; never one that contains a signature. */
  storedHeaders: readonly string[];
}

/** Origin of an event without mode and account. */
export const unknownOrigin: Origin = { test: false, account: undefined };
