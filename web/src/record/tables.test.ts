import { expect, it } from "vitest";
import { csvLines, gridTable, tableCsv, tableJson } from "./tables";

const TOKENS = [{ text: "a" }, { text: ', "b"' }];

it("writes what a spreadsheet would misread in quotes", () => {
  expect(csvLines([["x", "y"], [1, 'say "no", now']])).toBe('x,y\r\n1,"say ""no"", now"\r\n');
});

it("makes a row of each cell of a grid", () => {
  const table = gridTable({ recovered: [[0, 0.5]] }, TOKENS);
  expect(table.rows).toEqual([[0, 0, "a", 0], [0, 1, ', "b"', 0.5]]);
  expect(tableCsv(table).split("\r\n")[0]).toBe("layer,pos,token,recovered");
  expect(JSON.parse(tableJson(table))).toEqual([
    { layer: 0, pos: 0, token: "a", recovered: 0 },
    { layer: 0, pos: 1, token: ', "b"', recovered: 0.5 },
  ]);
});
