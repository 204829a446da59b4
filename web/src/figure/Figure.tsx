import { useRef, type ReactNode } from "react";
import { savePng, saveSvg } from "./save";

/** A drawing with its caption, and the buttons that save it. */
export function Figure(props: { name: string; title: string; caption?: ReactNode; tools?: ReactNode; children: ReactNode }) {
  const drawing = useRef<HTMLDivElement>(null);
  const svg = () => drawing.current?.querySelector("svg") ?? null;
  return (
    <figure id={`figure-${props.name}`}>
      <figcaption>
        <b>{props.title}</b>
        {props.caption !== undefined && <span className="soft">{props.caption}</span>}
        <span className="tools">
          {props.tools}
          <button aria-label={`Save ${props.title} as SVG`} onClick={() => { const it = svg(); if (it) saveSvg(it, props.name); }}>
            SVG
          </button>
          <button aria-label={`Save ${props.title} as PNG`} onClick={() => { const it = svg(); if (it) void savePng(it, props.name); }}>
            PNG
          </button>
        </span>
      </figcaption>
      <div ref={drawing}>{props.children}</div>
    </figure>
  );
}
