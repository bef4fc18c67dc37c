// Says something to people who listen instead of look.

/** @param {string} words */
export function say(words) {
  const place = document.getElementById("said");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 50);
}
