import { levelOf, pyramid } from "./pyramid";
import type { Viewport } from "./viewport";

/** Draws a pattern of any length: the weights are one texture with smaller levels, and a frame is one quad. */
export interface PatternPainter {
  draw(port: Viewport, ink: readonly [number, number, number]): void;
  free(): void;
}

const VERTEX = `#version 300 es
in vec2 corner;
out vec2 at;
void main() { at = vec2(corner.x, 1.0 - corner.y); gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0); }`;

/* The eye sees lengths, not squares: the root of a weight is its darkness, as in the small pictures. */
const FRAGMENT = `#version 300 es
precision highp float;
precision highp usampler2D;
uniform usampler2D weights;
uniform vec3 port;
uniform vec3 ink;
uniform float pixel;
uniform int level;
in vec2 at;
out vec4 colour;
void main() {
  float cells = exp2(float(level));
  vec2 from = (port.xy + at * port.z) / cells;
  float step = max(1.0, pixel * port.z / cells);
  float most = 0.0;
  ivec2 size = textureSize(weights, 0);
  ivec2 last = textureSize(weights, level) - 1;
  for (float y = 0.0; y < step && y < 4.0; y += 1.0)
    for (float x = 0.0; x < step && x < 4.0; x += 1.0) {
      vec2 place = floor(from + vec2(x, y));
      if (all(lessThan(place * cells, vec2(size))))
        most = max(most, float(texelFetch(weights, min(ivec2(place), last), level).r) / 65535.0);
    }
  float alpha = sqrt(most);
  colour = vec4(ink * alpha, alpha);
}`;

/** @returns null where the browser has no WebGL 2 */
export function painter(canvas: HTMLCanvasElement, weights: Uint16Array, length: number): PatternPainter | null {
  const gl = canvas.getContext("webgl2", { alpha: true, premultipliedAlpha: true, antialias: false, preserveDrawingBuffer: true });
  if (gl === null || gl.getParameter(gl.MAX_TEXTURE_SIZE) < length) return null;
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
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, "corner");
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  const levels = pyramid(weights, length);
  levels.forEach(({ side, weights }, level) =>
    gl.texImage2D(gl.TEXTURE_2D, level, gl.R16UI, side, side, 0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, weights),
  );
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST_MIPMAP_NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const port = uniform("port");
  const ink = uniform("ink");
  const pixel = uniform("pixel");
  const level = uniform("level");
  return {
    draw: (view, [r, g, b]) => {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform3f(port, view.x, view.y, view.cells);
      gl.uniform3f(ink, r, g, b);
      gl.uniform1f(pixel, 1 / canvas.width);
      gl.uniform1i(level, levelOf(view.cells / canvas.width, levels.length));
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
    free: () => {
      gl.deleteTexture(texture);
      gl.deleteBuffer(corners);
      gl.deleteProgram(program);
    },
  };
}

/** The same without WebGL: slower, and the same picture. */
export function plainPainter(canvas: HTMLCanvasElement, weights: Uint16Array, length: number): PatternPainter {
  const context = canvas.getContext("2d")!;
  return {
    draw: (view, [r, g, b]) => {
      const side = canvas.width;
      const image = context.createImageData(side, side);
      const step = Math.max(1, Math.floor(view.cells / side));
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const key = Math.floor(view.x + (x / side) * view.cells);
          const query = Math.floor(view.y + (y / side) * view.cells);
          let most = 0;
          for (let j = 0; j < step; j++)
            for (let i = 0; i < step; i++) most = Math.max(most, weights[(query + j) * length + key + i] ?? 0);
          const at = 4 * (y * side + x);
          image.data[at] = 255 * r;
          image.data[at + 1] = 255 * g;
          image.data[at + 2] = 255 * b;
          image.data[at + 3] = 255 * Math.sqrt(most / 65535);
        }
      }
      context.putImageData(image, 0, 0);
    },
    free: () => undefined,
  };
}
