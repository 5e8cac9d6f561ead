const STORED = 'fengsui.sound';

/** Several fires at once are one alarm. */
const ONE_ALARM_MS = 1_500;

let context;
let rungAtMs = 0;

export const soundWanted = () => localStorage.getItem(STORED) !== 'off';

export const switchSound = () => {
  localStorage.setItem(STORED, soundWanted() ? 'off' : 'on');
  if (soundWanted()) ring();
};

/** Browsers let a page make a sound only after the person has touched it once: call this from a click. */
export const prepareSound = () => {
  context ??= new AudioContext();
  void context.resume();
};

/** Three rising tones, for a fire nobody has acknowledged. */
export const ring = () => {
  if (!soundWanted() || context === undefined) return;
  if (Date.now() - rungAtMs < ONE_ALARM_MS) return;
  rungAtMs = Date.now();
  [0, 0.45, 0.9].forEach((delay, index) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + delay;
    tone.frequency.value = 660 + 110 * index;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.4);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  });
};
