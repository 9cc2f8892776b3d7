import { createHash, randomBytes } from "node:crypto";

/** Makes a token of 192 bits, for one run of the server. */
export const createToken = (): string => randomBytes(24).toString("base64url");

/** Returns a digest, so that texts of any length are compared in constant time. */
export const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
