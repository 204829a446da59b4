import * as Plot from "@observablehq/plot";
import { useEffect, useRef } from "react";
import { useWidth } from "./useWidth";

/** A chart by Observable Plot, drawn again when its width changes. */
export function PlotFigure(props: {
  label: string;
  draw: (width: number) => Plot.PlotOptions;
  /** Called with the drawn chart: to listen to it. */
  drawn?: (chart: (SVGSVGElement | HTMLElement) & { value?: unknown }) => void;
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
    drawn?.(chart as (SVGSVGElement | HTMLElement) & { value?: unknown });
    place.current?.replaceChildren(chart);
    return () => chart.remove();
  }, [draw, drawn, label, width]);
  return (
    <div ref={box} className="scroll">
      <div ref={place} />
    </div>
  );
}
