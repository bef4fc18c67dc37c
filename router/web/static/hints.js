// What a draft already does, told from the draft in memory alone: nothing is sent, stored or counted.

/** @type {Record<string, RegExp[]>} language -> names the problem, takes it on, says what happens next */
const WORDS = {
  en: [
    /\b(problem|issue|error|fault|mistake|delay|missing|late|broke|damage|wrong|fail|charged|twice|stuck|lost|cancel|refund|trouble|unable|(does|did|is|was|has|have|can)(n['’]t| ?not)\b)/i,
    /\b(sorry|apolog|my mistake|our (mistake|fault)|(i|we) (understand|see|checked|take)|(i|we)['’](ve|ll|m|re)|(i|we) (have|am|are|will)|let me)\b/i,
    /\b(will|today|tomorrow|tonight|within|until|by \w+day|next|as soon as|then|hours?|days?|minutes?|please|once)\b|['’]ll\b/i,
  ],
  ur: [
    /مسئل|خراب|غلط|تاخیر|دیر|نہیں (مل|پہنچ|آی|ہو|چل)|گم|ٹوٹ|دو بار|رقم|منسوخ|بند/,
    /معذرت|معافی|افسوس|سمجھ|(میں|ہم) (نے|خود|ابھی|اسے|دیکھ|چیک)|ذمہ/,
    /\S (گا|گے|گی)|[ںےو](گا|گے|گی)|آج|کل |گھنٹ|منٹ|دن |تک|براہ کرم|جیسے ہی/,
  ],
};

/** Say which of the three a draft does; of short ones and unknown languages nothing. @param {string} text @param {string} language */
export function hints(text, language) {
  const words = text.trim().length < 40 ? [] : WORDS[language] ?? [];
  return words.map((one) => one.test(text));
}

/** @param {HTMLElement} place @param {string} text */
export function show(place, text) {
  const said = hints(text, place.dataset.language?.replace(/-(?!Latn).*/, "") ?? "");
  [...place.children].forEach((one, i) => one.toggleAttribute("hidden", !said[i]));
  place.hidden = !said.includes(true);
}
