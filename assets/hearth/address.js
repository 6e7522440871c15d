// The address that others open. Whoever sits at the computer itself reads "localhost", which leads nobody else here.
const HERE_ONLY = ["localhost", "127.0.0.1", "[::1]"];

// `nearby` is the house's address in the home network, "" when it is not known.
export const addressFor = (nearby) => (HERE_ONLY.includes(location.hostname) && nearby ? nearby : location.origin);

export const isHereOnly = (address) => HERE_ONLY.includes(new URL(address).hostname);
