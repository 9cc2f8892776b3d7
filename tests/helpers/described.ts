import { createHmac } from "node:crypto";
import type { HmacVerification, ProviderDescription } from "../../domain/description";

/** Time at which the requests of these tests arrive. */
export const now = new Date("2026-01-31T12:00:00Z");
export const seconds = String(now.getTime() / 1_000);
export const body = Buffer.from('{"id":"e1","type":"parcel.lost","data":{"id":7,"urgent":true}}');

/** Signs a text with the secret of these tests. */
export const mac = (text: string | Buffer, encoding: "hex" | "base64" | "base64url" = "hex", key: string | Buffer = "s") =>
  createHmac("sha256", key).update(text).digest(encoding);

const base: HmacVerification = {
  scheme: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { header: "x-signature" },
  signed: "{body}",
};

/** Describes a source that signs the body, with these changes. */
export const describing = (verify: Partial<HmacVerification> = {}, changes: Partial<ProviderDescription> = {}): ProviderDescription => ({
  mediaTypes: ["json", "form"],
  verify: { ...base, ...verify },
  identity: { digest: true },
  ...changes,
});

/** Makes a multipart form with this text in the field `json`, beside a file that is not UTF-8. */
export async function multipartWithFile(json: string): Promise<{ body: Buffer; contentType: string }> {
  const form = new FormData();
  form.append("json", json);
  form.append("file", new Blob([new Uint8Array([0xff, 0xfe, 0x00])]), "scan.pdf");
  const response = new Response(form);
  return { body: Buffer.from(await response.arrayBuffer()), contentType: response.headers.get("content-type")! };
}
