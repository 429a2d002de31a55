/** What people send a shop, most used first; a system's own keyboard has the rest. */
export const EMOJI: readonly string[] = [
  ..."🙂😊😀😂😉😍😎🤔😕😟😢😭😡😱🥳😅🙃😴",
  ..."👍👎👌🙏👏🤝💪👋🤷🙈",
  ..."🎉🎁🎂🌹⭐🔥✅❌❓❗",
  ..."📦🚚🛒💳🧾📞📧📍📷⏰📅🔧🏠🚗",
  "❤️",
  "☀️",
  "☕",
  "🍀",
];
