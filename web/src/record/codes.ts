// Made from cutaway.cli.report.CodesRecord by RecordTypesTest: mvn verify -Dtypes=write

export interface Capacity {
  neurons: number;
  atMost: number;
  built: number;
}

export interface CodesFound {
  layer: string;
  neurons: number;
  inputs: number;
  readers: number;
  structure: number;
  pValue: number | null;
  collisions: number;
  capacity: Capacity;
  groups: Group[];
  pairs: PairOfInputs[];
  roles: string[];
}

export interface CodesRecord {
  version: string;
  of: string;
  command: string;
  found: CodesFound;
  capacity: string;
  sorted: SortedSigns;
}

export interface Group {
  inputs: number[];
  code: number[];
}

export interface PairOfInputs {
  first: number;
  second: number;
  shared: number;
  excess: number;
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
