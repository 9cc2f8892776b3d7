import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { digest } from "./token";
import { problem } from "./problems";

/** Headers of every answer. Scripts, styles and calls come from the server itself; nothing is stored, framed or shared. */
const headers: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Sets the headers of every answer. */
export const withHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
};

/**
 * Refuses a request whose Host is another than the server's own with 421. A page of another site that has its name resolve to this machine
 * (DNS rebinding) is of the same origin as the server to a browser; the Host tells.
 */
export const requireHost =
  (host: () => string): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.header("host") === host()) return next();
    return problem(c, 421, "host", `This server answers to http://${host()} alone. Open the address that the command printed.`);
  };

/** Refuses what a browser sends in the name of another site. A program that is no browser sends neither header. */
export const requireOwnOrigin =
  (host: () => string): MiddlewareHandler =>
  async (c, next) => {
    const site = c.req.header("sec-fetch-site");
    const origin = c.req.header("origin");
    if ((site === undefined || site === "same-origin") && (origin === undefined || origin === `http://${host()}`)) return next();
    return problem(c, 403, "origin", "Another site may not call this server.");
  };

/** Refuses a request without the token, in constant time. */
export const requireToken = (token: string): MiddlewareHandler => {
  const expected = digest(`Bearer ${token}`);
  return async (c, next) => {
    if (timingSafeEqual(digest(c.req.header("authorization") ?? ""), expected)) return next();
    return problem(c, 401, "token", "The token is missing or of another run. Open the address that the command printed.");
  };
};

/** Refuses an action whose body is not JSON: a form of another site cannot send that. */
export const requireJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method === "GET" || /^application\/json(;|$)/.test(c.req.header("content-type") ?? "")) return next();
  return problem(c, 415, "usage", 'Send JSON, with "content-type: application/json".');
};
