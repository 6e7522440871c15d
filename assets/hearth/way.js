// A way on inside this house, or null: "//host", "/\host", "/.//host" and whole addresses lead elsewhere, and some are
// no address at all.
export function sameSite(path, origin = location.origin) {
  if (typeof path !== "string" || !path.startsWith("/")) return null;
  try {
    const target = new URL(path, origin);
    const way = target.pathname + target.search + target.hash;
    return target.origin === origin && !way.startsWith("//") ? way : null;
  } catch {
    return null;
  }
}
