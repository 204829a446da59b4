import { useRef, type ReactNode } from "react";
import { tableCsv, tableJson, type Table } from "../record/tables";
import { savePng, saveSvg, saveText } from "./save";
import { useOneStop } from "./useOneStop";

/**
 * A drawing with its caption, and the buttons that save it.
 *
 * @param data what it draws, made when it is asked for
 */
export function Figure(props: {
  name: string;
  title: string;
  caption?: ReactNode;
  tools?: ReactNode;
  data?: () => Table;
  children: ReactNode;
}) {
  const { data } = props;
  const drawing = useRef<HTMLDivElement>(null);
  const tools = useOneStop<HTMLSpanElement>();
  const svg = () => drawing.current?.querySelector("svg") ?? null;
  return (
    <figure id={`figure-${props.name}`}>
      <figcaption>
        <b>{props.title}</b>
        {props.caption !== undefined && <span className="soft">{props.caption}</span>}
        <span className="tools" role="toolbar" aria-label={`Tools of ${props.title}`} {...tools}>
          {props.tools}
          <button aria-label={`Save ${props.title} as SVG`} onClick={() => { const it = svg(); if (it) saveSvg(it, props.name); }}>
            SVG
          </button>
          <button aria-label={`Save ${props.title} as PNG`} onClick={() => { const it = svg(); if (it) void savePng(it, props.name); }}>
            PNG
          </button>
          {data !== undefined && (
            <>
              <button aria-label={`Save ${props.title} as CSV`} onClick={() => saveText(tableCsv(data()), `${props.name}.csv`, "text/csv")}>
                CSV
              </button>
              <button aria-label={`Save ${props.title} as JSON`} onClick={() => saveText(tableJson(data()), `${props.name}.json`, "application/json")}>
                JSON
              </button>
            </>
          )}
        </span>
      </figcaption>
      <div ref={drawing}>{props.children}</div>
    </figure>
  );
}
