/** A part of the page's own script, fetched from Stoa's assets when the frame says that it is needed;
 * only ever from there, whatever was said. */
export function fetchPart<Part>(origin: string, script: string): Promise<Part> {
  const { pathname } = new URL(script, origin);
  if (!/^\/assets\/(cobrowse|counter)\/[\w-]+\.js$/.test(pathname)) {
    return Promise.reject(new Error("No such script."));
  }
  return import(origin + pathname) as Promise<Part>;
}
