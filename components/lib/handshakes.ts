import { handshakeKeyPrefix } from "../../domain/handshakes";

/** Selects the items with tokens that wait for an operator. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
const handshakeKeys = { "dynamodb:LeadingKeys": [`${handshakeKeyPrefix}*`] };

/** Condition of a statement that is about those items alone. */
export const handshakesOnly = { "ForAllValues:StringLike": handshakeKeys };

/** Condition that leaves them out: who reads or redrives events needs no token. A denial would also hold for those who have another policy as well. */
export const withoutHandshakes = { "ForAllValues:StringNotLike": handshakeKeys };
