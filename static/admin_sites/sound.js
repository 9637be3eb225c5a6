// A sound that needs no file: two notes up for a payment, one low for anything else.

let audio = null;

// A browser lets a page make sound only after it has been touched.
export const allowSound = () => (audio ??= new AudioContext()).resume();

export function beep(isGood) {
  audio ??= new AudioContext();
  const notes = isGood ? [880, 1320] : [330];
  notes.forEach((pitch, position) => {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + position * 0.15;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.3);
  });
}
