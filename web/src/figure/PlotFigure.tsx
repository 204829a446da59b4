import * as Plot from "@observablehq/plot";
import { useEffect, useRef } from "react";
import { useWidth } from "./useWidth";

/** What Plot draws; `value` is the datum that is pointed at. */
export type Chart = (SVGSVGElement | HTMLElement) & { value?: unknown };

/** A chart by Observable Plot, drawn again when its width changes. */
export function PlotFigure(props: {
  label: string;
  draw: (width: number) => Plot.PlotOptions;
  /** Called with the drawn chart: to listen to it. */
  drawn?: (chart: Chart) => void;
}) {
  const [box, width] = useWidth<HTMLDivElement>();
  const place = useRef<HTMLDivElement>(null);
  const { draw, drawn, label } = props;
  useEffect(() => {
    const chart = Plot.plot({
      ...draw(width),
      ariaLabel: label,
      style: { background: "transparent", fontFamily: "var(--mono)", fontSize: "11px", overflow: "visible" },
    });
    chart.setAttribute("role", "img"); // its marks are no parts for a reader of the screen
    chart.querySelectorAll("g[aria-label]").forEach((mark) => mark.removeAttribute("aria-label"));
    drawn?.(chart as Chart);
    place.current?.replaceChildren(chart);
    return () => chart.remove();
  }, [draw, drawn, label, width]);
  return (
    <div ref={box} className="scroll">
      <div ref={place} />
    </div>
  );
}
