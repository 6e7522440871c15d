// How the fire of a room burns: a pure function of who is here, how much is said, how warm the words are, how long it
// has been silent, and the time of day. It looks at the room, never at one person; nothing of it leaves the browser.
const EMBERS_AFTER_MS = 15 * 60 * 1000;
const PACE_MS = 2 * 60 * 1000; // a message counts half as much after about a minute and a half
const LOG_MS = 4000; // how long the new log of somebody who sat down is seen
const WARM = ["고마", "감사", "사랑", "좋", "행복", "따뜻", "축하", "반가", "최고", "멋지", "귀엽", "보고싶", "괜찮", "ㅋㅋ", "ㅎㅎ", "하하", "웃",
  "thank", "love", "happy", "glad", "great", "lovely", "wonderful", "welcome", "congrat", "haha", "lol", "sweet", "warm", "hug",
  "😀", "😄", "😊", "😂", "🤣", "❤", "🥰", "😍", "👍", "🙏", "🎉"];
const COLD = ["싫", "짜증", "미워", "화나", "화가", "최악", "슬프", "외로", "지겨", "닥쳐", "꺼져", "무서",
  "hate", "angry", "awful", "terrible", "sad", "lonely", "annoy", "worst", "shut up", "stupid", "😡", "😢", "😭", "💔"];

const clamp = (value) => Math.max(0, Math.min(1, value));

// -1 (cold) to 1 (warm); a text without such words is 0. Counts what is in it, and judges nobody.
export function warmth(text) {
  const words = text.normalize("NFC").toLowerCase();
  const count = (list) => list.reduce((sum, word) => sum + (words.includes(word) ? 1 : 0), 0);
  const [warm, cold] = [count(WARM), count(COLD)];
  return warm + cold === 0 ? 0 : (warm - cold) / (warm + cold);
}

// `said`: [{at: ms, text}] of the newest messages of people and AIs; `here`: people in the room; `joinedAt`: when the
// last one sat down, in ms, 0 if nobody did; `now`: ms; `hour`: 0 to 23 of the reader's day.
export function flame({ here, said, joinedAt, thinking, now, hour }) {
  const last = said.reduce((latest, { at }) => Math.max(latest, at), 0);
  const silent = now - last > EMBERS_AFTER_MS;
  const pace = said.reduce((sum, { at }) => sum + Math.exp(-Math.max(0, now - at) / PACE_MS), 0);
  const warm = said.length ? said.reduce((sum, { text }) => sum + warmth(text), 0) / said.length : 0;
  const night = hour >= 20 || hour < 6;
  const life = silent || here === 0 ? 0 : clamp(0.22 * Math.log2(1 + here) + 0.6 * (1 - Math.exp(-pace / 4)) + 0.2 * warm);
  return {
    state: thinking ? "thinking" : life === 0 ? "embers" : life < 0.55 ? "calm" : "lively",
    height: thinking ? Math.max(0.7, 0.4 + 0.6 * life) : life === 0 ? 0.26 : 0.4 + 0.6 * life,
    glow: clamp((life === 0 ? 0.4 : 0.55 + 0.45 * life) + (night ? 0.1 : 0)),
    seconds: life === 0 ? 2.4 : 1.9 - 0.9 * life, // of one round of the sprite
    log: joinedAt > 0 && now - joinedAt < LOG_MS,
  };
}
