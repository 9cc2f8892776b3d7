import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Problem, Session } from "../cli/console/api";
import { Client, problemOf, unreachable } from "./client";
import { Feed } from "./feed";
import { startRouter } from "./router";
import { Shell } from "./shell";
import { keepToken, takeToken, watchToken } from "./token";

/** Asks for the address with a token, because without it the server answers nothing. */
function NoToken() {
  return (
    <main class="alone">
      <h1>Open the address that the command printed</h1>
      <p>
        This console answers to the address with its token alone, such as <code>http://127.0.0.1:4400/#token=…</code>. The command that
        started the console printed it.
      </p>
      <p>
        Is that command not running any more? Run <code>npm start</code> for the local run, or{" "}
        <code>npx webhook-pipeline console --stack prod</code> for a deployed stack. Each start makes a new token.
      </p>
    </main>
  );
}

function NotReady({ problem }: { problem: Problem }) {
  return (
    <main class="alone">
      <h1>The console does not answer</h1>
      <p>{problem.error}</p>
      {problem.code !== unreachable.code && (
        <button type="button" class="main" onClick={() => location.reload()}>
          Try again
        </button>
      )}
    </main>
  );
}

/** Reads which pipeline this is, and shows it. */
function App({ token }: { token: string }) {
  const [isRefused, setRefused] = useState(false);
  const [ready, setReady] = useState<{ session: Session; feed: Feed }>();
  const [problem, setProblem] = useState<Problem>();
  const client = useMemo(() => new Client(token, () => setRefused(true)), [token]);
  useEffect(() => {
    const begin = (session: Session) => {
      keepToken(token);
      const feed = new Feed(client, session.pollMs);
      // Before the first view asks, so that no change falls in between.
      feed.start();
      setReady({ session, feed });
    };
    client.get("/api/session").then(begin, (error: unknown) => setProblem(problemOf(error)));
  }, [client, token]);
  if (isRefused) return <NoToken />;
  if (ready) return <Shell {...ready} client={client} />;
  return problem ? <NotReady problem={problem} /> : null;
}

const token = takeToken();
watchToken();
startRouter();
render(token === null ? <NoToken /> : <App token={token} />, document.querySelector("#app")!);
