/** A laid-out picture as a PNG file that says its size in print. */
import { FAMILY, RING, type Sheet } from "./svg-layout";

const DPI = 300;
const MOST = 16_384; // pixels that a canvas has along one side, in every browser

/** The file, and the dots per inch it has: fewer than 300 where the picture is too long for a canvas. */
export async function toPng(sheet: Sheet): Promise<{ blob: Blob; dpi: number }> {
  const dpi = Math.floor(Math.min(DPI, (72 * MOST) / Math.max(sheet.width, sheet.height)));
  const scale = dpi / 72;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(sheet.width * scale);
  canvas.height = Math.round(sheet.height * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas");
  context.scale(scale, scale);
  if (sheet.ground) {
    context.fillStyle = sheet.ground;
    context.fillRect(0, 0, sheet.width, sheet.height);
  }
  for (const { x, y, width, height, fill, opacity, stroke } of sheet.shapes) {
    context.globalAlpha = opacity;
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = RING;
      context.beginPath();
      context.roundRect(x, y, width, height, 1.5);
      context.stroke();
    } else {
      context.fillStyle = fill ?? "transparent";
      context.fillRect(x, y, width, height);
    }
  }
  context.globalAlpha = 1;
  const { ramp } = sheet;
  const gradient = context.createLinearGradient(ramp.x, 0, ramp.x + ramp.width, 0);
  for (const { at, fill, opacity } of ramp.stops) gradient.addColorStop(at, withAlpha(fill, opacity));
  context.fillStyle = gradient;
  context.fillRect(ramp.x, ramp.y, ramp.width, ramp.height);
  context.direction = "ltr";
  for (const { x, y, text, size, fill } of sheet.lines) {
    context.font = `${size}px ${FAMILY}`;
    context.fillStyle = fill;
    context.fillText(text, x, y);
  }
  const plain = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!plain) throw new Error("the picture is too large for this browser");
  return { blob: withSize(new Uint8Array(await plain.arrayBuffer()), dpi), dpi };
}

const withAlpha = (hex: string, alpha: number) =>
  hex +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0");

/** Puts a `pHYs` chunk behind the header, which is 33 bytes in every PNG. */
export function withSize(png: Uint8Array<ArrayBuffer>, dpi: number): Blob {
  const chunk = new DataView(new ArrayBuffer(21));
  const perMetre = Math.round(dpi / 0.0254);
  chunk.setUint32(0, 9);
  for (const [i, c] of [..."pHYs"].entries()) chunk.setUint8(4 + i, c.charCodeAt(0));
  chunk.setUint32(8, perMetre);
  chunk.setUint32(12, perMetre);
  chunk.setUint8(16, 1);
  chunk.setUint32(17, crc(new Uint8Array(chunk.buffer, 4, 13)));
  return new Blob([png.subarray(0, 33), chunk, png.subarray(33)], { type: "image/png" });
}

function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let k = 0; k < 8; k++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
