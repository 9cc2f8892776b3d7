/** Amount in the currency's minor unit: 12.34 EUR is `{ value: 1234, currency: "EUR", exponent: 2 }`. */
export interface Money {
  /** Whole number of minor units. */
  value: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Decimal digits of the currency, by ISO 4217. */
  exponent: number;
}

/**
 * Codes of ISO 4217 by the digits of their minor unit. A test compares them with the package currency-codes, whose names and countries
 * would be loaded at each cold start.
 */
const codes: Readonly<Record<number, string>> = {
  0: `
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XSU
    XTS XUA XXX
  `,
  2: `
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
    XCD YER ZAR ZMW ZWG
  `,
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

const digitsByCode = new Map(
  Object.entries(codes).flatMap(([digits, all]) =>
    all
      .trim()
      .split(/\s+/)
      .map((code) => [code, Number(digits)] as const),
  ),
);

/** Returns the digits of a currency's minor unit; `undefined` if there is no such currency. @param code in upper case */
export function digitsOf(code: string): number | undefined {
  return digitsByCode.get(code);
}

/**
 * Converts an amount in units of `10^-exponent` to ISO 4217's minor units.
 * @returns `undefined` if it is not a whole number, its currency is unknown, or it cannot be expressed exactly
 */
export function fromScaled(value: unknown, currency: unknown, exponent?: number): Money | undefined {
  if (typeof currency !== "string" || typeof value !== "number" || !Number.isSafeInteger(value)) return undefined;
  const code = currency.toUpperCase();
  const right = digitsOf(code);
  if (right === undefined) return undefined;
  const shift = right - (exponent ?? right);
  const scaled = shift >= 0 ? value * 10 ** shift : value / 10 ** -shift;
  return Number.isSafeInteger(scaled) ? { value: scaled, currency: code, exponent: right } : undefined;
}

/** Converts a decimal number, such as "12.34" or ".50", to minor units, without floating point. */
export function fromDecimal(value: unknown, currency: unknown): Money | undefined {
  const match = typeof value === "string" ? /^(-?)(?=[\d.])(\d*)(?:\.(\d+))?$/.exec(value) : null;
  if (!match) return undefined;
  const [, sign, whole, fraction = ""] = match;
  return fromScaled(Number(`${sign}${whole}${fraction}`), currency, fraction.length);
}
