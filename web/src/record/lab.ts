// Made from cutaway.cli.report.LabRecord by RecordTypesTest: mvn verify -Dtypes=write

export interface LabMeasure {
  learned: number | null;
  heldOut: number | null;
  centres: number | null;
  spread: number | null;
  topTwo: number | null;
  deviation: number | null;
  tokens: number | null;
}

export interface LabPoint {
  step: number;
  values: Record<string, number[]>;
}

export interface LabRecord {
  version: string;
  task: string;
  about: string;
  net: string;
  head: string;
  descent: string;
  instances: string[];
  parameters: number;
  batch: number;
  steps: number;
  rate: number;
  seconds: number;
  folder: string;
  command: string;
  recipe: string;
  curve: LabPoint[];
  measures: LabMeasure[];
}
