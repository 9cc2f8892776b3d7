/**
 * Gives a client a `send` of its own, for `mockClient`. Specifications that mock a whole class do so while they are loaded; a client that
 * inherits that `send` cannot be mocked by itself.
 */
export function withOwnSend<Client extends { send: unknown }>(client: Client): Client {
  return Object.assign(client, { send: () => Promise.resolve({}) });
}
