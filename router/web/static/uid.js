// Makes ids that nobody else makes, also on pages without TLS, where crypto.randomUUID is missing.

/** @returns {string} 32 hex digits */
export function uid() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
