import bundled from "@sparticuz/chromium";
import { chromium, type Browser, type LaunchOptions } from "playwright-core";

/**
 * Says which browser there is: that of CHROMIUM_PATH, Chrome on macOS, or the one that a package ships for Linux on x64. Of the package's own
 * arguments none is used: they switch web security off, which the specifications are about.
 */
async function whichBrowser(): Promise<LaunchOptions> {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return { executablePath: CHROMIUM_PATH };
  if (process.platform === "darwin") return { channel: "chrome" };
  if (process.platform === "linux" && process.arch === "x64") return { executablePath: await bundled.executablePath() };
  throw new Error("There is no browser for this machine. Set CHROMIUM_PATH to the path of a Chromium or Chrome.");
}

/** Starts a browser for a suite, and ends it after. @param args more arguments of the browser @returns a function that returns the browser */
export function startedBrowser(...args: string[]): () => Browser {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ ...(await whichBrowser()), args: ["--no-sandbox", ...args] });
  });
  after(() => browser?.close());
  return () => browser;
}
