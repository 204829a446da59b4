import type { Job, Problem, Routes } from "../record/routes";

/** What a server said no to, in one sentence; or that there is no server. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What is said where nothing answers; the end of the sentence is the caller's. */
export const AWAY = "the server does not answer; it may have been stopped: start ./cutaway serve again";

const TOKEN = "cutaway-token";

/** Takes the token out of the address that the server printed, and keeps it for this tab. */
export function keepToken(): void {
  const given = /^#token=([\w.~-]+)$/.exec(location.hash);
  if (given !== null) {
    sessionStorage.setItem(TOKEN, given[1]!);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

function headers(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

type Takes<R extends keyof Routes> = Routes[R]["takes"];
type Gives<R extends keyof Routes> = Routes[R]["gives"];

/**
 * Asks the server.
 *
 * @param route as the server names it: `POST /api/look`
 * @param body null where the route takes none
 * @param at the values of the parts in braces
 * @throws Refused when the server refuses, or cannot be reached
 */
export async function ask<R extends keyof Routes & string>(
  route: R,
  body: Takes<R>,
  at: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Gives<R>> {
  const [method, path] = route.split(" ") as [string, string];
  const query = new URLSearchParams();
  let address = path;
  for (const [name, value] of Object.entries(at)) {
    if (address.includes(`{${name}}`)) address = address.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  if (query.size > 0) address += `?${query}`;
  const response = await reach(address, {
    method,
    headers: body === null ? headers() : { ...headers(), "content-type": "application/json" },
    body: body === null ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  return (await response.json()) as Gives<R>;
}

async function reach(address: string, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, request);
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new Refused(0, `${AWAY}.`);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as Problem | null;
    throw new Refused(response.status, problem?.message ?? `the server answered ${response.status}.`);
  }
  return response;
}

/**
 * Hears of a job until its end; while the server is away, asks again.
 *
 * @param lost called when the server does not answer
 */
export async function follow(id: string, heard: (job: Job) => void, lost: () => void, signal: AbortSignal): Promise<void> {
  for (let pause = 300; !signal.aborted; pause = Math.min(5000, pause * 2)) {
    try {
      const response = await reach(`/api/jobs/${encodeURIComponent(id)}/events`, {
        headers: { ...headers(), accept: "text/event-stream" },
        signal,
      });
      for await (const job of events(response)) {
        pause = 300;
        heard(job);
        if (isEnd(job)) return;
      }
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof Refused && failure.status !== 0) throw failure;
      lost();
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

/** Looks at a job and away again: whoever asked for it waits for it no more. */
export async function glance(id: string): Promise<void> {
  const response = await reach(`/api/jobs/${encodeURIComponent(id)}/events`, { headers: { ...headers(), accept: "text/event-stream" } });
  await response.body?.cancel();
}

export function isEnd(job: Job): boolean {
  return job.state === "DONE" || job.state === "FAILED" || job.state === "CANCELLED";
}

async function* events(response: Response): AsyncGenerator<Job> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const data = block
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n");
      if (data !== "") yield JSON.parse(data) as Job;
    }
  }
}
