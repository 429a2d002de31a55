import wasm from "asset:@sapphi-red/web-noise-suppressor/rnnoise.wasm";
import simdWasm from "asset:@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm";
import worklet from "asset:@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js";

/* The build's addresses are relative to this module. */
const at = (address: string) => new URL(address, import.meta.url);

/** RNNoise works on 48 kHz only. */
const RATE = 48_000;
const PROCESSOR = "@sapphi-red/web-noise-suppressor/rnnoise";
/* The smallest module with an instruction of SIMD in it: valid where SIMD is. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

let binary: Promise<ArrayBuffer> | undefined;
const prepared = new WeakMap<BaseAudioContext, Promise<void>>();

/** Whether this device should take the noise out by itself: not a phone, which does so in its own
 * hardware and would pay with its battery. */
export function isSuppressionWise(): boolean {
  const isPhone = matchMedia("(pointer: coarse) and (hover: none)").matches;
  const hasCores = (navigator.hardwareConcurrency ?? 1) > 1;
  return !isPhone && hasCores && canSuppress();
}

export function canSuppress(): boolean {
  return "AudioWorkletNode" in globalThis && "WebAssembly" in globalThis;
}

async function fetchBinary(): Promise<ArrayBuffer> {
  const response = await fetch(at(WebAssembly.validate(SIMD_PROBE) ? simdWasm : wasm));
  if (!response.ok) throw new Error(`noise suppressor: ${response.status}`);
  const bytes = await response.arrayBuffer();
  // Inside the worklet a refusal would go unheard, and silence would be sent for ever.
  await WebAssembly.compile(bytes);
  return bytes;
}

function prepare(context: AudioContext): Promise<void> {
  const known = prepared.get(context);
  if (known) return known;
  const loading = context.audioWorklet.addModule(at(worklet));
  prepared.set(context, loading);
  loading.catch(() => prepared.delete(context));
  return loading;
}

/** A node that lets speech through and little else; its `port` takes "destroy". Its parts come
 * from our own origin when it is first asked for. Rejects where it cannot work. */
export async function createSuppressor(context: AudioContext): Promise<AudioWorkletNode> {
  if (!canSuppress() || context.sampleRate !== RATE) throw new Error("no noise suppression here");
  binary ??= fetchBinary().catch((problem) => {
    binary = undefined;
    throw problem;
  });
  const [wasmBinary] = await Promise.all([binary, prepare(context)]);
  return new AudioWorkletNode(context, PROCESSOR, {
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { maxChannels: 1, wasmBinary },
  });
}
