/** A call that hangs must end while the sender still waits: three tries of these fit into its patience. */
export const clientOptions = { requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 }, maxAttempts: 3 };
