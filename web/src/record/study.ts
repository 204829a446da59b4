// Made from cutaway.studies.StudyResult by RecordTypesTest: mvn verify -Dtypes=write

export interface Axis {
  label: string;
  logarithmic: boolean;
}

export interface Bar {
  what: string;
  kind: string;
  paper: string;
  ours: number[];
  goal: string;
  control: Control | null;
  interval: BarInterval | null;
}

export interface BarInterval {
  low: number;
  high: number;
  over: string;
}

export interface Bars {
  x: Axis;
  names: string[];
  values: number[];
}

export interface Card {
  id: string;
  title: string;
  year: number;
  source: string;
  claim: string;
  method: string;
}

export interface Control {
  what: string;
  values: number[];
  goal: string | null;
  interval: BarInterval | null;
}

export interface Curves {
  x: Axis;
  y: Axis;
  series: Series[];
}

export interface Figure {
  title: string;
  caption: string;
  plot: ({ kind: "curves" } & Curves) | ({ kind: "bars" } & Bars) | ({ kind: "grid" } & Grid);
}

export interface Grid {
  x: Axis;
  y: Axis;
  xs: string[];
  ys: string[];
  values: number[][];
  unit: string;
}

export interface Line {
  bar: Bar;
  median: number;
  isMet: boolean;
  controlLost: boolean;
}

export interface Series {
  name: string;
  style: string;
  x: number[];
  y: number[];
}

export interface StudyResult {
  card: Card;
  version: string;
  date: string;
  size: string;
  seeds: number;
  parameters: Record<string, number>;
  seconds: number;
  command: string;
  verdict: string;
  table: Line[];
  figures: Figure[];
  notes: string[];
}
