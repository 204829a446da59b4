/** The colour of a variable of the page as the eye sees it now, each part from 0 to 1. */
export function inkOf(element: Element, variable: string): [number, number, number] {
  const probe = document.createElement("span");
  probe.style.color = `var(${variable})`;
  element.appendChild(probe);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d")!;
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r! / 255, g! / 255, b! / 255];
}
