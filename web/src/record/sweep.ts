// Made from cutaway.cli.report.SweepRecord by RecordTypesTest: mvn verify -Dtypes=write

export interface Answer {
  text: string;
  site: string;
  layer?: number;
  head?: number;
  neuron?: number;
  dictionary?: string;
  feature?: number;
  position?: number;
  lastPosition?: number;
  role?: string;
  receiver?: string;
  receiverLayer?: number;
  receiverHead?: number;
  pairs: number;
  mean: number;
  low?: number;
  high?: number;
  p?: number;
  in?: number[];
  value?: number[];
  effect?: number[];
  recovered?: number[];
}

export interface Asked {
  method: string;
  direction?: string;
  how: string;
  sites: string[];
  metric: string;
  what: string;
  unit: string;
  ofAnswer: boolean;
  pooled?: number;
}

export interface Chosen {
  text: string;
  selectionMean: number;
  mean?: number;
  low?: number;
  high?: number;
  p?: number;
}

export interface Extent {
  pairs: number;
  independent: number;
  questions: number;
  rows: number;
  sure: number;
  level: number;
  smallestP: number;
  carriedRows: number;
}

export interface ModelFacts {
  name: string;
  sha256: string;
  family: string;
  layers: number;
  heads: number;
  dModel: number;
  device: string;
  dtype: string;
}

export interface Prompts {
  index: number;
  prompt: string;
  tokens: string[];
  contrast: string[];
  answer: string;
  against: string;
  group?: string;
  roles: Record<string, number[]>;
  onPrompt: number;
  onContrast: number;
  parts: boolean;
}

export interface Repeat {
  command: string;
  question: string;
}

export interface SweepRecord {
  version: string;
  model: ModelFacts;
  seed: number;
  file: string;
  seconds: number;
  asked: Asked;
  repeat: Repeat;
  extent: Extent;
  pairs: Prompts[];
  answers: Answer[];
  chosen: Chosen[];
  searches: string[];
}
