// A camera that reads QR codes: the browser's own reader where it has one, else ours, fetched only then.

const LOOK_EVERY = 150;
const PONYFILL = new URL("../vendor/barcode-detector/ponyfill.js", import.meta.url).href;
const WASM = new URL("../vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;
const FORMATS = ["qr_code"];

async function makeReader() {
  if ("BarcodeDetector" in window) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes("qr_code")) return new BarcodeDetector({ formats: FORMATS });
  }
  await loadScript(PONYFILL);
  const { BarcodeDetector: Reader, prepareZXingModule } = window.BarcodeDetectionAPI;
  // Left alone it would fetch its program from somebody else's server.
  prepareZXingModule({ overrides: { locateFile: () => WASM } });
  return new Reader({ formats: FORMATS });
}

function loadScript(address) {
  if (window.BarcodeDetectionAPI) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve, { once: true });
    script.addEventListener("error", reject, { once: true });
    document.head.append(script);
  });
}

/**
 * Show the camera in `video` and call `onText(text)` for each code that is read, until it answers true.
 * Resolves with a function that stops; rejects where there is no camera or no leave to use it.
 */
export async function scan(video, onText) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let isOn = true;
  const stop = () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    video.hidden = true;
  };
  try {
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const reader = await makeReader();
    look(reader, video, onText, () => isOn, stop);
    return stop;
  } catch (problem) {
    stop();
    throw problem;
  }
}

async function look(reader, video, onText, isOn, stop) {
  while (isOn()) {
    const [found] = await reader.detect(video).catch(() => []);
    if (isOn() && found?.rawValue && onText(found.rawValue)) {
      stop();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

export const canScan = () => Boolean(navigator.mediaDevices?.getUserMedia);
