// Saving a picture as SVG or PNG.
import { useState } from "preact/hooks";
import { words } from "../app/settings";
import { saveBlob } from "../ui/export";
import { palette } from "./colours";
import { drawing, type Drawing, type Sheet } from "./svg";

const w = words({
  en: { svg: "Save the picture as SVG", png: "Save the picture as PNG", failed: "The picture is too large for this browser as PNG; SVG works." },
  zh: { svg: "将图保存为 SVG", png: "将图保存为 PNG", failed: "图片过大，浏览器无法生成 PNG，请改用 SVG。" },
});

export interface SavePictureProps {
  /** The picture as it stands now; null while there is none. */
  readonly sheet: () => Omit<Sheet, "palette"> | null;
  /** Of the file, without its ending. */
  readonly name: string;
}

export function SavePicture({ sheet, name }: SavePictureProps) {
  const [failed, setFailed] = useState(false);
  const save = async (png: boolean) => {
    const s = sheet();
    if (!s) return;
    const drawn = drawing({ ...s, palette: palette(document.body) });
    const svg = new Blob([drawn.svg], { type: "image/svg+xml" });
    const blob = png ? await pngOf(drawn, svg).catch(() => null) : svg;
    setFailed(!blob);
    if (blob) saveBlob(blob, `${name}.${png ? "png" : "svg"}`);
  };
  return (
    <>
      <button type="button" title={w().svg} onClick={() => void save(false)}>SVG</button>
      <button type="button" title={w().png} onClick={() => void save(true)}>PNG</button>
      {failed && <span role="alert">{w().failed}</span>}
    </>
  );
}

// More pixels than this are refused by browsers, or take all the memory of a phone.
const most = { side: 16_000, pixels: 80_000_000 };

/** The drawing as pixels, twice as dense as it is, or less where it is large. */
async function pngOf(drawn: Drawing, svg: Blob): Promise<Blob | null> {
  const scale = Math.min(2, most.side / drawn.width, most.side / drawn.height, Math.sqrt(most.pixels / (drawn.width * drawn.height)));
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawn.width * scale);
    canvas.height = Math.round(drawn.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
