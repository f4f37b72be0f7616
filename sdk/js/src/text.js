// Between text and bytes. QuickJS has no TextDecoder, and reading bytes one by one would be slow.

/** How many bytes become characters at a time: a function takes no more arguments. */
const MOST = 0x4000;

/** Text from UTF-8. Throws a `URIError` for bytes that are none. */
export function decodeText(bytes) {
  let characters = "";
  for (let from = 0; from < bytes.length; from += MOST) {
    characters += String.fromCharCode.apply(null, bytes.subarray(from, from + MOST));
  }
  // Each character stands for one byte so far, which is all there is to do for ASCII.
  return /[\x80-\xff]/.test(characters) ? decodeURIComponent(escape(characters)) : characters;
}

/** UTF-8 from text. A half of a surrogate pair becomes U+FFFD. */
export function encodeText(text) {
  const characters = unescape(encodeURIComponent(text.toWellFormed()));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
