/** Figures and data as files. */

const INHERITED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linejoin",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "opacity",
  "display",
];

/** An SVG as it stands on the page, with its styles written into it, so that it looks the same elsewhere. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((original, i) => {
    const style = getComputedStyle(original);
    const target = copies[i]!;
    for (const name of INHERITED) target.style.setProperty(name, style.getPropertyValue(name));
    for (const { name, value } of [...target.attributes]) {
      if (name !== "style" && value.includes("var(")) target.removeAttribute(name); // its value is in the style
    }
    target.removeAttribute("class");
    target.removeAttribute("tabindex");
  });
  copy.querySelectorAll("[data-screen]").forEach((element) => element.remove());
  copy.querySelectorAll("image[data-canvas]").forEach((image) => {
    const canvas = document.getElementById(image.getAttribute("data-canvas")!) as HTMLCanvasElement;
    image.setAttribute("href", canvas.toDataURL("image/png")); // what lies below the drawing on the page
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return new XMLSerializer().serializeToString(copy);
}

export function saveSvg(svg: SVGSVGElement, name: string): void {
  save(new Blob([standalone(svg)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** At twice the size of the page, on the colour of the sheet. */
export async function savePng(svg: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * 2);
  canvas.height = Math.ceil(height * 2);
  const context = canvas.getContext("2d")!;
  const sheet = svg.closest(".sheet");
  context.fillStyle = sheet ? getComputedStyle(sheet).backgroundColor : "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob !== null) save(blob, `${name}.png`);
}

export function saveText(text: string, name: string, type: string): void {
  save(new Blob([text], { type }), name);
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
