// Made from cutaway.cli.report.TrainingRecord by RecordTypesTest: mvn verify -Dtypes=write

export interface Point {
  step: number;
  losses: Record<string, number>;
  l0: number;
  explained: number;
  dead: number;
}

export interface TrainingRecord {
  version: string;
  model: string;
  sha256: string;
  inputs: string[];
  outputs: string[];
  coder: string;
  width: number;
  parameters: number;
  batch: number;
  steps: number;
  rate: number;
  seed: number;
  texts: string[];
  vectors: number;
  seconds: number;
  tokensPerSecond: number;
  command: string;
  curve: Point[];
}
