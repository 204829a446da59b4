// Made from the server's routes by RouteTypesTest: mvn verify -Dtypes=write

import type { Answer, Attribution, Candidate, Circuit, Contrast, Explanation, HeadKinds, LogitLens, ModelFacts, PatchingMap, Patterns, Prompt, Token } from "./explanation";
import type { Card, StudyResult } from "./study";

export interface About {
  version: string;
  models: Offered[];
  memory: number;
}

export interface ActiveAsked {
  model?: string | null;
  dictionary: string;
  prompt: string;
  answer?: string | null;
  seed?: number | null;
}

export interface ActiveRow {
  feature: number;
  position: number;
  activation: number;
  norm: number;
  effect: number;
  placebo: number;
  machine: MachineLabel;
}

export interface ActiveShown {
  model: ModelFacts;
  tokens: Token[];
  answer: Token;
  baseline: number;
  unread: number[];
  rows: ActiveRow[];
  milliseconds: number;
}

export interface AttentionAsked {
  model?: string | null;
  text: string;
}

export interface AttentionOverview {
  model: ModelFacts;
  tokens: Token[];
  side: number;
  cells: string;
  distance: number[][];
  first: number[][];
  milliseconds: number;
}

export interface Band {
  from: number;
  to: number;
  tokens: number;
  examples: Example[];
}

export interface Bin {
  text: string;
  from?: number;
  to?: number;
  rows: number;
}

export interface Capacity {
  neurons: number;
  atMost: number;
  built: number;
}

export interface CapacityAsked {
  model?: string | null;
  layer: number;
}

export interface Chosen {
  name: string;
  value: number;
}

export interface Claim {
  says: string;
  scope: string;
  model: ModelFacts;
  prompt: unknown;
  contrast?: unknown;
  inContrast: boolean;
  edits: unknown[];
  metric: unknown;
  baseline: number;
  edited: number;
  control?: Placebos;
  heldOut?: HeldOut;
}

export interface ClaimAsked {
  says: string;
  scope?: string | null;
  model?: string | null;
  prompt: unknown;
  contrast?: unknown | null;
  inContrast: boolean;
  edits: unknown[];
  metric: unknown;
  controls?: number | null;
  seed?: number | null;
}

export interface Claims {
  claims: Entry[];
}

export interface CodesAsked {
  model?: string | null;
  dictionary: string;
  prompt: string;
  features?: number[] | null;
}

export interface ColumnSummary {
  name: string;
  numeric: boolean;
  label: boolean;
  missing: number;
  distinct: number;
  least?: number;
  most?: number;
  mean?: number;
  deviation?: number;
  bins: Bin[];
  rest: number;
}

export interface ColumnValues {
  column: string;
  numeric: boolean;
  texts: string[];
}

export interface Comparison {
  rows: number;
  bothOne: number;
  firstOnly: number;
  secondOnly: number;
  bothZero: number;
  meanDifference: number;
  meanDistance: number;
  judged?: Correctness;
  slices: SliceAgreement[];
  furthest: RowApart[];
}

export interface ComparisonAsked {
  job: string;
  other: string;
  judged?: FairnessAsked | null;
}

export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

export interface ContextAsked {
  model?: string | null;
  graph: string;
  longest: number;
  walks?: number | null;
  seed?: number | null;
}

export interface ContextGrown {
  model: ModelFacts;
  graph: string;
  words: string[];
  edges: WordEdge[];
  walks: number;
  window: number;
  lengths: number[];
  layers: number[];
  mass: NeighbourMass[];
  moments: ContextMoment[];
  command: string;
}

export interface ContextMoment {
  layer: number;
  length: number;
  energy: number;
  chance: number;
  withoutEcho: number;
  shuffled: number;
  spearman?: number;
  places: number[][];
  ownPlaces: number[][];
}

export interface ControlAsked {
  seeds?: number | null;
}

export interface CorpusPage {
  name: string;
  texts: string[];
  page: FeaturePage;
}

export interface CorpusPair {
  first: string;
  second: string;
  illusion: Illusion;
}

export interface Correctness {
  bothRight: number;
  firstOnlyRight: number;
  secondOnlyRight: number;
  bothWrong: number;
  p: number;
}

export interface Counterfactual {
  row: number;
  values: string[];
  score: number;
  distance: number;
  differing: string[];
}

export interface CurveAtToken {
  fit: string;
  site: string;
  features: string;
  heldOut: number;
  curve: DrawnCurve;
}

export interface CurvePoint {
  threshold?: number;
  x: number;
  y: number;
}

export interface Dependence {
  column: string;
  numeric: boolean;
  values: string[];
  point: number[];
  mean: number[];
  rows: number;
}

export interface DependenceAsked {
  job: string;
  column: string;
  values: string[];
  rows: number;
  seed?: number | null;
}

export interface DictionaryAsked {
  model?: string | null;
  dictionary: string;
}

export interface DictionaryEntry {
  name: string;
  pages: string[];
}

export interface DictionaryList {
  dictionaries: DictionaryEntry[];
}

export interface DictionaryShown {
  name: string;
  model: ModelFacts;
  madeFor: string;
  reads: string[];
  writes: string[];
  width: number;
  code: string;
  notes: Record<string, string>;
  pages: PagesEntry[];
  labelled: PersonLabel[];
}

export interface DirectionFacts {
  raised: Logit[];
  lowered: Logit[];
  nearest: Near[];
  norm: number;
  interference: number;
  dimensionality: number;
}

export interface Dose {
  example: number;
  factor: number;
  loss: number;
  kl: number;
  logit: number;
  controlLoss: number;
  controlKl: number;
  controlLogit: number;
}

export interface Draft {
  version: string;
  model: ModelFacts;
  seed: number;
  prompt: Prompt;
  answer: Answer;
  contrast: Contrast;
  lens: LogitLens;
  patching?: PatchingMap;
  attribution?: Attribution;
  circuit?: Circuit;
  kinds?: HeadKinds;
  patterns?: Patterns;
  estimated: string[];
}

export interface DrawnCurve {
  line: Point[];
  labels: Labelled[];
  own: number[];
  nearest: number;
  shares: number[];
}

export interface EffectAsked {
  model?: string | null;
  base: unknown;
  edits: unknown[];
  metric: unknown;
  seed?: number | null;
  controls?: number | null;
}

export interface Entry {
  id: string;
  created: string;
  supported: boolean;
  claim: Claim;
  words?: InWords | null;
  standing: Standing;
}

export interface ErrorMapShown {
  fitted: number;
  fvu: number;
  fvuNonlinear: number;
}

export interface Example {
  activation: number;
  document: number;
  context: number;
  position: number;
  at: number;
  tokens: string[];
  activations: number[];
}

export interface ExplainAsked {
  model?: string | null;
  prompt: string;
  contrast?: string | null;
  answer?: string | null;
  against?: string | null;
  seed?: number | null;
}

export interface Fairness {
  strategy: string;
  costRatio: number;
  tolerance: number;
  slices: SliceFound[];
  all: SliceFound;
  cost: number;
  gaps: Gaps;
}

export interface FairnessAsked {
  job: string;
  label: string;
  by?: string[] | null;
  bins?: number | null;
  strategy?: string | null;
  thresholds?: number[] | null;
  costRatio: number;
  tolerance: number;
}

export interface FairnessFound {
  about: string;
  fairness: Fairness;
  curves: ScoreCurves;
  thresholds: number[];
  milliseconds: number;
}

export interface FeatureAsked {
  model?: string | null;
  dictionary: string;
  feature: number;
}

export interface FeatureHit {
  feature: number;
  by: string;
  label: string;
  machine: MachineLabel;
}

export interface FeatureHits {
  hits: FeatureHit[];
  looked: string[];
}

export interface FeaturePage {
  dictionary: string;
  model: string;
  sites: string[];
  latent: number;
  fired: number;
  tokens: number;
  frequency: number;
  max: number;
  mean: number;
  decoderNorm: number;
  histogram: number[];
  top: Example[];
  bands: Band[];
  raised: Logit[];
  lowered: Logit[];
  nearest: Near[];
  together: Partner[];
  doses: Dose[];
  stability?: Stability;
}

export interface FeatureShown {
  dictionary: string;
  model: ModelFacts;
  feature: number;
  width: number;
  direction?: DirectionFacts;
  pages: CorpusPage[];
  pairs: CorpusPair[];
  machine: MachineLabel;
  person?: PersonLabel;
}

export interface FindAsked {
  model?: string | null;
  dictionary: string;
  text: string;
}

export interface FirstLook {
  prompt: Prompt;
  answer: number;
  answerText: string;
  lens: LogitLens;
  top: string[][];
  topProbability: number[][];
}

export interface FitMoveAsked {
  model?: string | null;
  prompt: string;
  position: number;
  fit: string;
  label: number;
}

export interface FitMoved {
  model: ModelFacts;
  fit: string;
  label: number;
  isFitted: boolean;
  length: number;
  controlLength: number;
  before: Candidate[];
  after: Candidate[];
  control: Candidate[];
}

export interface FitsAsked {
  model?: string | null;
  prompt: string;
  position: number;
}

export interface FitsRead {
  model: ModelFacts;
  folder: string;
  token: string;
  fits: CurveAtToken[];
  leftOut: string[];
}

export interface Gaps {
  accuracy?: number;
  positive?: number;
  truePositive?: number;
  falsePositive?: number;
}

export interface HeadAsked {
  model?: string | null;
  text: string;
  layer: number;
  head: number;
}

export interface HeadMap {
  layer: number;
  head: number;
  map: JointMap;
}

export interface HeadPattern {
  layer: number;
  head: number;
  length: number;
  weights: string;
  milliseconds: number;
}

export interface HeldOut {
  pairs: PromptPair[];
  effects: number[];
  controls: number[];
  seeds: number[];
  interval?: Interval;
  controlInterval?: Interval;
}

export interface HeldOutAsked {
  claim: string;
  pairs: string;
  seeds?: number | null;
}

export interface Illusion {
  clearFirst: number;
  clearSecond: number;
  shared: number;
  score: number;
  shuffled: number;
  told: boolean;
  likeness: string;
}

export interface InWords {
  prompt: string;
  contrast?: string | null;
  metric: string;
}

export interface Interval {
  low: number;
  high: number;
  confidence: number;
  method: string;
}

export interface Job {
  id: string;
  kind: string;
  asked: unknown;
  state: string;
  step: string;
  done: string;
  problem: string;
  created: string;
  ended: string;
  starts: number;
  drafts: number;
}

export interface JobList {
  jobs: Job[];
}

export interface JointAsked {
  model?: string | null;
  text: string;
  split: string;
}

export interface JointHead {
  layer: number;
  head: number;
  layout: string;
  rows: number;
  places: string;
  norms: string;
  scaling: JointScaling;
  share: number;
  onMap: number;
  trustworthiness: number;
  span: number;
  mean: string;
  milliseconds: number;
}

export interface JointHeadAsked {
  model?: string | null;
  text: string;
  split: string;
  layer: number;
  head: number;
  layout: string;
  seed: number;
}

export interface JointMap {
  queries: number[][];
  keys: number[][];
  c: number;
  correlation: number;
  unscaled: number;
  share: number;
}

export interface JointOverview {
  model: ModelFacts;
  sentences: string[];
  texts: Token[][];
  side: number;
  queries: string;
  keys: string;
  c: number[][];
  correlation: number[][];
  unscaled: number[][];
  better: number;
  drift: number;
}

export interface JointScaling {
  c: number;
  correlation: number;
  unscaled: number;
  plain: number;
  drift: number;
  pairs: number;
}

export interface KeptProbe {
  file: string;
  model: string;
  site: string;
  classes: string[];
  steers: boolean;
  accuracy: number;
}

export interface KeptProbes {
  folder: string;
  probes: KeptProbe[];
}

export interface LabelAsked {
  dictionary: string;
  feature: number;
  text: string;
}

export interface LabelKept {
  person?: PersonLabel;
}

export interface Labelled {
  label: number;
  isFitted: boolean;
  at: number[];
}

export interface LayerCapacity {
  layer: number;
  capacity: Capacity;
  text: string;
}

export interface LedgerExport {
  report: string;
  script: string;
  claims: string;
}

export interface Likely {
  id: number;
  token: string;
  probability: number;
}

export interface LoansAsked {
  rows: number;
  bias: number;
  seed: number;
}

export interface Logit {
  token: number;
  text: string;
  effect: number;
}

export interface Look {
  model: ModelFacts;
  look: FirstLook;
  milliseconds: number;
}

export interface LookAsked {
  model?: string | null;
  prompt: string;
  answer?: string | null;
}

export interface MachineLabel {
  text: string;
  raised: string[];
  from: string;
  explained: boolean;
}

export interface Measured {
  model: ModelFacts;
  base: unknown;
  edits: unknown[];
  metric: unknown;
  seed: number;
  baseline: number;
  edited: number;
  effect: number;
  controls: number[];
  threshold: number;
  told: boolean;
  control: string;
  before: Candidate[];
  after: Candidate[];
  milliseconds: number;
}

export interface MissedAsked {
  model?: string | null;
  dictionary: string;
  prompt: string;
}

export interface MissedShown {
  model: ModelFacts;
  sites: string[];
  tokens: Token[];
  map?: ErrorMapShown;
  missed: MissedToken[];
}

export interface MissedToken {
  read: boolean;
  norm: number;
  explained?: number;
  error: number;
  linear?: number;
  nonlinear?: number;
  features: number[];
  codes: number[];
}

export interface Missing {
  part: string;
  why: string;
}

export interface ModelAsked {
  model?: string | null;
}

export interface Moved {
  site: string;
  position: number;
  from: string;
  to: string;
  share: number;
}

export interface Near {
  latent: number;
  cosine: number;
}

export interface NeighbourMass {
  length: number;
  neighbours: number;
  shuffled: number;
}

export interface NextAsked {
  model?: string | null;
  prompt: string;
}

export interface NextChanged {
  id: number;
  token: string;
  thing: string;
  before: number;
  after: number;
  random: number;
}

export interface NextTokens {
  model: ModelFacts;
  prompt: Prompt;
  milliseconds: number;
}

export interface ObjectsRead {
  relation: string;
  layer: number;
  faithfulness: number;
  objects: Likely[];
}

export interface Offered {
  name: string;
  open: boolean;
  bytes: number;
  usual: boolean;
  causal: boolean;
}

export interface OptionLogit {
  text: string;
  logit: number;
  probability: number;
}

export interface PagesAsked {
  model?: string | null;
  dictionary: string;
  pages: string;
  text: string;
}

export interface PagesEntry {
  name: string;
  texts: string[];
  tokens: number;
}

export interface PagesMade {
  dictionary: string;
  pages: string;
  features: number;
  tokens: number;
}

export interface Partner {
  latent: number;
  tokens: number;
  jaccard: number;
  phi: number;
}

export interface PersonLabel {
  feature: number;
  text: string;
  written: string;
}

export interface PlaceControl {
  pair: number;
  base: unknown;
  edits: unknown[];
  metric: unknown;
  effect: number;
  controls: number[];
  threshold: number;
  told: boolean;
  words: string;
}

export interface Placebos {
  words: string;
  seeds: number[];
  changes: number[];
}

export interface Point {
  label: number;
  at: number[];
}

export interface PointAsked {
  job: string;
  row: number;
  values?: string[] | null;
  norm: string;
  judged?: FairnessAsked | null;
}

export interface PointFound {
  row: number;
  columns: string[];
  values: string[];
  seen: string[];
  score: number;
  threshold: number;
  edited?: number;
  prompt?: string;
  nearest?: Counterfactual;
  milliseconds: number;
}

export interface ProbeRead {
  probe: string;
  site: string;
  classes: string[];
  side: number;
  things: ThingRead[];
}

export interface ProbesAsked {
  model?: string | null;
  prompt: string;
  position: number;
}

export interface ProbesRead {
  model: ModelFacts;
  folder: string;
  token: string;
  probes: ProbeRead[];
  leftOut: string[];
}

export interface Problem {
  message: string;
}

export interface PromptCodes {
  model: ModelFacts;
  tokens: Token[];
  unread: number[];
  features: number[];
  codes: number[][];
}

export interface PromptPair {
  prompt: string;
  contrast: string;
  answer?: string;
  against?: string;
  group?: string;
  roles: Record<string, number[]>;
}

export interface QuickParameter {
  name: string;
  meaning: string;
  value: number;
}

export interface Rates {
  accuracy?: number;
  positive?: number;
  truePositive?: number;
  falsePositive?: number;
  precision?: number;
}

export interface RelationsAsked {
  model?: string | null;
  prompt: string;
  position: number;
}

export interface RelationsRead {
  model: ModelFacts;
  folder: string;
  token: string;
  relations: ObjectsRead[];
  leftOut: string[];
}

export interface RowApart {
  row: number;
  first: number;
  second: number;
  differ: boolean;
}

export interface SaliencyAsked {
  job: string;
  prompt: string;
  leaveOut?: boolean | null;
}

export interface ScopeAsked {
  scope: string;
}

export interface ScoreCurves {
  roc: CurvePoint[];
  rocArea?: number;
  precisionRecall: CurvePoint[];
  precisionArea?: number;
}

export interface ScoresSoFar {
  rows: number;
  at: number[];
  scores: number[];
}

export interface Scoring {
  table: string;
  sha256: string;
  about: string;
  model?: ModelFacts;
  scores: number[];
}

export interface ScoringAsked {
  table: string;
  sha256: string;
  learn?: string | null;
  without?: string[] | null;
  seed?: number | null;
  model?: string | null;
  template?: string | null;
  yes?: string | null;
  no?: string | null;
  probe?: string | null;
  positive?: string | null;
  edits?: unknown[] | null;
  steer?: string | null;
  towards?: string | null;
  scale?: number | null;
}

export interface SignGroup {
  inputs: number[];
  code: number[];
}

export interface SignPair {
  first: number;
  second: number;
  shared: number;
  excess: number;
}

export interface SignsAsked {
  model?: string | null;
  layer: number;
  weights?: string | null;
  towards?: string | null;
  agreement?: number | null;
  permutations?: number | null;
  seed?: number | null;
}

export interface SignsRead {
  model: ModelFacts;
  layer: number;
  weights: string;
  matrices: string[];
  neurons: number;
  inputs: number;
  readers: number;
  structure: number;
  pValue?: number;
  permutations: number;
  cut: number;
  agreement: number;
  groupCount: number;
  groups: SignGroup[];
  collisions: number;
  pairs: SignPair[];
  roles: Record<string, number>;
  matrix: SortedSigns;
  capacity: string;
  command: string;
}

export interface SliceAgreement {
  name: string;
  rows: number;
  differ: number;
}

export interface SliceFound {
  name: string;
  rows: number;
  labelled: number;
  positives: number;
  threshold?: number;
  confusion: Confusion;
  rates: Rates;
}

export interface SortedSigns {
  inputs: number[];
  groups: number[];
  neurons: number[];
  roles: string[];
  codes: number[];
  signs: string[];
  overlaps: number[][];
  moreInputs: number;
  moreNeurons: number;
}

export interface SparsityToy {
  density: number;
  loss: number;
  moments: ToyMoment[];
}

export interface Stability {
  cosine: number;
  twins: number;
  mean: number;
  random: number;
}

export interface Standing {
  status: string;
  missing: Missing[];
  against: string[];
}

export interface SteerAsked {
  model?: string | null;
  dictionary: string;
  feature: number;
  prompt: string;
  steer: string;
  by?: number | null;
  answer?: string | null;
  seed?: number | null;
}

export interface Steered {
  model: ModelFacts;
  feature: number;
  answer: Token;
  baseline: number;
  steered: number;
  effect: number;
  controls: number[];
  threshold: number;
  told: boolean;
  control: string;
  positions: number[];
  before: Candidate[];
  after: Candidate[];
  milliseconds: number;
}

export interface StudyAsked {
  study: string;
  seeds?: number | null;
  set?: Chosen[] | null;
}

export interface StudyEntry {
  card: Card;
  verdict: string;
  size: string;
  date: string;
  quick: string;
  parameters: QuickParameter[];
}

export interface StudyList {
  studies: StudyEntry[];
}

export interface SweepAsked {
  model?: string | null;
  pairs: string;
  method?: string | null;
  direction?: string | null;
  ablation?: string | null;
  sites?: string | null;
  positions?: string | null;
  metric?: string | null;
  seed?: number | null;
  rows?: number | null;
}

export interface SweepFound {
  version: string;
  model: ModelFacts;
  seed: number;
  method: string;
  how: string;
  countedFrom: string;
  metric: string;
  pairs: SweptPair[];
  questions: number;
  strongest: SweptPlace[];
  rest: string;
}

export interface SweptPair {
  prompt: string;
  contrast: string;
  onPrompt: number;
  onContrast: number;
}

export interface SweptPlace {
  place: string;
  effect: number;
  pairs: number;
  low?: number;
  high?: number;
  p: number;
  recovered?: number;
  control: PlaceControl;
}

export interface TableAsked {
  table: string;
}

export interface TableEntry {
  name: string;
  bytes: number;
}

export interface TableGiven {
  name: string;
  text: string;
}

export interface TableList {
  tables: TableEntry[];
}

export interface TableOverview {
  name: string;
  sha256: string;
  rows: number;
  columns: ColumnSummary[];
}

export interface TableValues {
  table: string;
  columns: ColumnValues[];
}

export interface TextAsked {
  model?: string | null;
  text: string;
}

export interface ThingAsked {
  model?: string | null;
  prompt: string;
  position: number;
  probe: string;
  thing?: string | null;
  to: string;
  seed?: number | null;
}

export interface ThingChanged {
  model: ModelFacts;
  moved: Moved;
  draws: number;
  things: ThingRead[];
  next: NextChanged[];
}

export interface ThingRead {
  name: string;
  read: string;
  accuracy: number;
}

export interface Together {
  pages: string;
  features: number[];
  jaccard: number[][];
}

export interface TogetherAsked {
  dictionary: string;
  pages: string;
  feature: number;
}

export interface TokenSaliency {
  prompt: string;
  tokens: Token[];
  score: number;
  margin: number;
  options: OptionLogit[];
  gradient: number[];
  leftOut: number[];
}

export interface Tokens {
  model: ModelFacts;
  tokens: Token[];
}

export interface ToyMoment {
  step: number;
  directions: number[][];
  norms: number[];
  dimensionality: number[];
  bias: number[];
}

export interface ToysAsked {
  features: number;
  dimensions: number;
  importance: number;
  steps: number;
  seed?: number | null;
}

export interface ToysTrained {
  asked: ToysAsked;
  importances: number[];
  toys: SparsityToy[];
  apart: number;
  apartUnturned: number;
  command: string;
}

export interface ValuesAsked {
  table: string;
  columns: string[];
}

export interface WordEdge {
  from: number;
  to: number;
}

/** What each route takes and gives. */
export interface Routes {
  "GET /api/about": { takes: null; gives: About };
  "POST /api/tokens": { takes: TextAsked; gives: Tokens };
  "POST /api/next": { takes: NextAsked; gives: NextTokens };
  "POST /api/look": { takes: LookAsked; gives: Look };
  "POST /api/effect": { takes: EffectAsked; gives: Measured };
  "POST /api/relations": { takes: RelationsAsked; gives: RelationsRead };
  "POST /api/fits": { takes: FitsAsked; gives: FitsRead };
  "POST /api/fits/move": { takes: FitMoveAsked; gives: FitMoved };
  "POST /api/probes": { takes: ProbesAsked; gives: ProbesRead };
  "POST /api/probes/change": { takes: ThingAsked; gives: ThingChanged };
  "POST /api/kinds": { takes: ModelAsked; gives: HeadKinds };
  "POST /api/attention": { takes: AttentionAsked; gives: AttentionOverview };
  "POST /api/attention/pattern": { takes: HeadAsked; gives: HeadPattern };
  "POST /api/attention/map": { takes: HeadAsked; gives: HeadMap };
  "POST /api/capacity": { takes: CapacityAsked; gives: LayerCapacity };
  "POST /api/joint/head": { takes: JointHeadAsked; gives: JointHead };
  "GET /api/claims": { takes: null; gives: Claims };
  "POST /api/claims": { takes: ClaimAsked; gives: Entry };
  "GET /api/claims/{id}": { takes: null; gives: Entry };
  "DELETE /api/claims/{id}": { takes: null; gives: Entry };
  "POST /api/claims/{id}/control": { takes: ControlAsked; gives: Entry };
  "POST /api/claims/{id}/scope": { takes: ScopeAsked; gives: Entry };
  "POST /api/claims/{id}/support": { takes: null; gives: Entry };
  "GET /api/ledger": { takes: null; gives: LedgerExport };
  "GET /api/studies": { takes: null; gives: StudyList };
  "GET /api/studies/{id}/result": { takes: null; gives: StudyResult };
  "GET /api/dictionaries": { takes: null; gives: DictionaryList };
  "POST /api/features/dictionary": { takes: DictionaryAsked; gives: DictionaryShown };
  "POST /api/features/page": { takes: FeatureAsked; gives: FeatureShown };
  "POST /api/features/find": { takes: FindAsked; gives: FeatureHits };
  "POST /api/features/together": { takes: TogetherAsked; gives: Together };
  "POST /api/features/label": { takes: LabelAsked; gives: LabelKept };
  "POST /api/features/active": { takes: ActiveAsked; gives: ActiveShown };
  "POST /api/features/codes": { takes: CodesAsked; gives: PromptCodes };
  "POST /api/features/missed": { takes: MissedAsked; gives: MissedShown };
  "POST /api/features/steer": { takes: SteerAsked; gives: Steered };
  "GET /api/tables": { takes: null; gives: TableList };
  "POST /api/tables": { takes: TableGiven; gives: TableOverview };
  "POST /api/tables/loans": { takes: LoansAsked; gives: TableOverview };
  "POST /api/tables/overview": { takes: TableAsked; gives: TableOverview };
  "POST /api/tables/values": { takes: ValuesAsked; gives: TableValues };
  "GET /api/whatif/probes": { takes: null; gives: KeptProbes };
  "POST /api/whatif/fairness": { takes: FairnessAsked; gives: FairnessFound };
  "POST /api/whatif/point": { takes: PointAsked; gives: PointFound };
  "POST /api/whatif/dependence": { takes: DependenceAsked; gives: Dependence };
  "POST /api/whatif/compare": { takes: ComparisonAsked; gives: Comparison };
  "POST /api/whatif/tokens": { takes: SaliencyAsked; gives: TokenSaliency };
  "GET /api/jobs": { takes: null; gives: JobList };
  "GET /api/jobs/{id}": { takes: null; gives: Job };
  "DELETE /api/jobs/{id}": { takes: null; gives: Job };
  "POST /api/jobs/explain": { takes: ExplainAsked; gives: Job };
  "POST /api/jobs/effect": { takes: EffectAsked; gives: Job };
  "POST /api/jobs/attention": { takes: AttentionAsked; gives: Job };
  "POST /api/jobs/held-out": { takes: HeldOutAsked; gives: Job };
  "POST /api/jobs/study": { takes: StudyAsked; gives: Job };
  "POST /api/jobs/toys": { takes: ToysAsked; gives: Job };
  "POST /api/jobs/context": { takes: ContextAsked; gives: Job };
  "POST /api/jobs/signs": { takes: SignsAsked; gives: Job };
  "POST /api/jobs/sweep": { takes: SweepAsked; gives: Job };
  "POST /api/jobs/joint": { takes: JointAsked; gives: Job };
  "POST /api/jobs/pages": { takes: PagesAsked; gives: Job };
  "POST /api/jobs/score": { takes: ScoringAsked; gives: Job };
  "GET /api/results/explain/{id}": { takes: null; gives: Explanation };
  "GET /api/results/effect/{id}": { takes: null; gives: Measured };
  "GET /api/results/attention/{id}": { takes: null; gives: AttentionOverview };
  "GET /api/results/held-out/{id}": { takes: null; gives: Entry };
  "GET /api/results/study/{id}": { takes: null; gives: StudyResult };
  "GET /api/results/toys/{id}": { takes: null; gives: ToysTrained };
  "GET /api/results/context/{id}": { takes: null; gives: ContextGrown };
  "GET /api/results/signs/{id}": { takes: null; gives: SignsRead };
  "GET /api/results/sweep/{id}": { takes: null; gives: SweepFound };
  "GET /api/results/joint/{id}": { takes: null; gives: JointOverview };
  "GET /api/results/pages/{id}": { takes: null; gives: PagesMade };
  "GET /api/results/score/{id}": { takes: null; gives: Scoring };
  "GET /api/drafts/explain/{id}": { takes: null; gives: Draft };
  "GET /api/drafts/effect/{id}": { takes: null; gives: Measured };
  "GET /api/drafts/score/{id}": { takes: null; gives: ScoresSoFar };
}
