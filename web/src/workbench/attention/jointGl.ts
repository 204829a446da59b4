import type { Viewport } from "./viewport";

/** How points look. */
export interface PointStyle {
  /** How much of its ink each point has, 0 to 1. */
  shade: Float32Array;
  /** Of each point: 0 for a disc, 1 a square, 2 a triangle, 3 a cross, 4 a diamond, 5 a dash. */
  shape: Float32Array;
  /** Points from here on are keys, which are filled; those before are queries, which are open. */
  keys: number;
  /** In the order in which they are drawn; the last lie on top. */
  order: Uint32Array;
  /** How many of the order, at its end, are marked; where some are, the others fade. */
  marked: number;
}

export type Rgb = readonly [number, number, number];

/** Draws points of a map; a frame is one call for those that fade and one for those that are marked. */
export interface PointPainter {
  style(style: PointStyle): void;
  draw(port: Viewport, queries: Rgb, keys: Rgb, ratio: number): void;
  free(): void;
}

const VERTEX = `#version 300 es
in vec2 place;
in float shade;
in float shape;
in float filled;
uniform vec3 port;
uniform float size;
out float ofShade;
flat out int ofShape;
flat out int isFilled;
void main() {
  vec2 at = (place - port.xy) / port.z;
  gl_Position = vec4(2.0 * at.x - 1.0, 1.0 - 2.0 * at.y, 0.0, 1.0);
  gl_PointSize = size;
  ofShade = shade;
  ofShape = int(shape + 0.5);
  isFilled = int(filled + 0.5);
}`;

/* Below 0 is inside, in parts of the point's half width. */
const FRAGMENT = `#version 300 es
precision highp float;
in float ofShade;
flat in int ofShape;
flat in int isFilled;
uniform vec3 queryInk;
uniform vec3 keyInk;
uniform float size;
uniform float strength;
out vec4 colour;
float side(vec2 p) {
  if (ofShape == 1) return max(abs(p.x), abs(p.y)) - 0.7;
  if (ofShape == 2) return max(0.9 * abs(p.x) + 0.5 * p.y, -p.y) - 0.55;
  if (ofShape == 3) return max(min(abs(p.x), abs(p.y)) - 0.25, max(abs(p.x), abs(p.y)) - 0.85);
  if (ofShape == 4) return abs(p.x) + abs(p.y) - 0.9;
  if (ofShape == 5) return max(abs(p.x) - 0.9, abs(p.y) - 0.3);
  return length(p) - 0.8;
}
void main() {
  vec2 p = 2.0 * gl_PointCoord - 1.0;
  p.y = -p.y;
  float d = side(p);
  float edge = 2.0 / size;
  float inside = 1.0 - smoothstep(-edge, edge, d);
  float line = isFilled == 1 ? 1.0 : mix(0.2, 1.0, smoothstep(-3.0 * edge, -1.5 * edge, d));
  float alpha = inside * line * strength * mix(0.12, 0.9, ofShade);
  if (alpha < 0.004) discard;
  colour = vec4((isFilled == 1 ? keyInk : queryInk) * alpha, alpha);
}`;

const FADED = 0.1;

/** Side of a point in pixels of the page: larger from near by, and smaller where there are many, which also are drawn in time then. */
function sizeOf(port: Viewport, whole: number, points: number): number {
  return Math.min(14, (points > 8000 ? 3 : 6) + 2 * Math.log2(whole / port.cells));
}

/** @param whole side of the square that the places lie in @returns null where the browser has no WebGL 2 */
export function pointPainter(canvas: HTMLCanvasElement, places: Float32Array, whole: number): PointPainter | null {
  const gl = canvas.getContext("webgl2", { alpha: true, premultipliedAlpha: true, antialias: false, preserveDrawingBuffer: true });
  if (gl === null) return null;
  const program = gl.createProgram()!;
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const buffers: WebGLBuffer[] = [];
  const put = (name: string, values: Float32Array, width: number, into?: WebGLBuffer) => {
    const buffer = into ?? gl.createBuffer()!;
    if (into === undefined) buffers.push(buffer);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, width, gl.FLOAT, false, 0, 0);
    return buffer;
  };
  const points = places.length / 2;
  put("place", places, 2);
  const shade = put("shade", new Float32Array(points), 1);
  const shape = put("shape", new Float32Array(points), 1);
  const filled = put("filled", new Float32Array(points), 1);
  const order = gl.createBuffer()!;
  buffers.push(order);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const [port, size, queryInk, keyInk, strength] = [uniform("port"), uniform("size"), uniform("queryInk"), uniform("keyInk"), uniform("strength")];
  let marked = 0;
  return {
    style: (style) => {
      put("shade", style.shade, 1, shade);
      put("shape", style.shape, 1, shape);
      put("filled", Float32Array.from({ length: points }, (_, i) => (i < style.keys ? 0 : 1)), 1, filled);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, style.order, gl.STATIC_DRAW);
      marked = style.marked;
    },
    draw: (view, queries, keys, ratio) => {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform3f(port, view.x, view.y, view.cells);
      gl.uniform3f(queryInk, ...queries);
      gl.uniform3f(keyInk, ...keys);
      gl.uniform1f(size, ratio * sizeOf(view, whole, places.length / 2));
      gl.uniform1f(strength, marked > 0 ? FADED : 1);
      gl.drawElements(gl.POINTS, points - marked, gl.UNSIGNED_INT, 0);
      if (marked === 0) return;
      gl.uniform1f(size, ratio * (2 + sizeOf(view, whole, places.length / 2)));
      gl.uniform1f(strength, 1);
      gl.drawElements(gl.POINTS, marked, gl.UNSIGNED_INT, 4 * (points - marked));
    },
    free: () => {
      buffers.forEach((buffer) => gl.deleteBuffer(buffer));
      gl.deleteProgram(program);
    },
  };
}

/** The same without WebGL: slower, discs and squares alone. */
export function plainPointPainter(canvas: HTMLCanvasElement, places: Float32Array, whole: number): PointPainter {
  const context = canvas.getContext("2d")!;
  let now: PointStyle | null = null;
  const css = (ink: Rgb) => `rgb(${ink.map((part) => Math.round(255 * part)).join(" ")})`;
  return {
    style: (style) => {
      now = style;
    },
    draw: (view, queries, keys, ratio) => {
      context.clearRect(0, 0, canvas.width, canvas.height);
      if (now === null) return;
      const half = (ratio * sizeOf(view, whole, places.length / 2)) / 2.5;
      context.fillStyle = css(keys);
      context.strokeStyle = css(queries);
      for (let i = 0; i < now.order.length; i++) {
        const point = now.order[i]!;
        const x = ((places[2 * point]! - view.x) / view.cells) * canvas.width;
        const y = ((places[2 * point + 1]! - view.y) / view.cells) * canvas.height;
        const isMarked = i >= now.order.length - now.marked;
        context.globalAlpha = (0.12 + 0.78 * now.shade[point]!) * (now.marked > 0 && !isMarked ? FADED : 1);
        if (point >= now.keys) context.fillRect(x - half, y - half, 2 * half, 2 * half);
        else {
          context.beginPath();
          context.arc(x, y, half, 0, 2 * Math.PI);
          context.stroke();
        }
      }
    },
    free: () => undefined,
  };
}
