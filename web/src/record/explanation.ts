// Made from cutaway.interp.explain.Explanation by RecordTypesTest: mvn verify -Dtypes=write

export interface Answer {
  id: number;
  text: string;
  rival: number;
  rivalText: string;
  chosen: string;
  margin: number;
  contrastMargin: number;
  metric: unknown;
}

export interface AttentionPattern {
  head: string;
  keys: number[][];
  weights: number[][];
}

export interface Attribution {
  components: Effect[];
  embedding: number;
  biases: number;
  threshold: number;
}

export interface Candidate {
  id: number;
  text: string;
  probability: number;
  logit: number;
}

export interface Circuit {
  small: boolean;
  members: Member[];
  of: number;
  faithfulness: number;
  target: number;
  without: number;
  empty: number;
  byAttribution: number;
  random: number[];
  searches: Search[];
  edits: unknown[];
}

export interface Contrast {
  kind: string;
  how: string;
  tokens: Token[];
  firstDifference: number;
  next: Candidate[];
  noise?: Noise;
  source?: unknown;
}

export interface Effect {
  component: string;
  direct: number;
  ablation: number;
  placebo: number;
  restoring: number;
  writeNorm: number;
}

export interface ErrorLost {
  part: string;
  lost: number;
  placebo: number;
}

export interface Explanation {
  version: string;
  model: ModelFacts;
  seed: number;
  prompt: Prompt;
  answer: Answer;
  contrast: Contrast;
  lens: LogitLens;
  patching: PatchingMap;
  attribution: Attribution;
  circuit: Circuit;
  kinds: HeadKinds;
  patterns: Patterns;
  features: Features[];
  repeat: Repeat;
  seconds: Record<string, number>;
}

export interface Feature {
  index: number;
  pos: number;
  activation: number;
  ablation: number;
  estimate: number;
  placebo: number;
  writes: Written[];
}

export interface Features {
  dictionary: string;
  site: string;
  withoutError: boolean;
  width: number;
  active: number;
  measured: number;
  strongest: Feature[];
  threshold: number;
  error: number;
  errorPlacebo: number;
  errorParts: ErrorLost[];
}

export interface HeadKinds {
  seed: number;
  sequences: number;
  length: number;
  kinds: Kind[];
  unscored: Unscored[];
}

export interface Kind {
  name: string;
  statistic: string;
  control: string;
  threshold: number;
  floor: number;
  score: number[][];
}

export interface LogitLens {
  rank: number[][];
  probability: number[][];
  readableFrom: number;
}

export interface Member {
  component: string;
  needed: number;
  reads: number;
  pattern: number;
  places: Place[];
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

export interface Noise {
  scale: number;
  positions: number[];
  flips: number;
  seeds: number;
  seed: number;
}

export interface PatchingMap {
  recovered: number[][];
  placebo: number[][];
  threshold: number;
}

export interface Patterns {
  floor: number;
  heads: AttentionPattern[];
}

export interface Place {
  pos: number;
  needed: number;
}

export interface Prompt {
  text: string;
  tokens: Token[];
  bos: boolean;
  next: Candidate[];
}

export interface Repeat {
  command: string;
  patching: unknown;
  ablation: unknown;
}

export interface Search {
  name: string;
  how: string;
  size: number;
  faithfulness: number;
  forwards: number;
  shared: number;
  members: string[];
}

export interface Token {
  pos: number;
  id: number;
  text: string;
}

export interface Unscored {
  name: string;
  why: string;
}

export interface Written {
  id: number;
  text: string;
  logit: number;
}
