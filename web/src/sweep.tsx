import { createRoot } from "react-dom/client";
import type { SweepRecord } from "./record/sweep";
import { asks } from "./record/sweepWords";
import "./style/fonts.css";
import "./style/page.css";
import { SweepReport } from "./views/sweep/SweepReport";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as SweepRecord | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway sweep PAIRS --report PAGE.html` writes one that does.";
  } else {
    document.title = `${asks(record)} ${record.asked.sites.join(", ")}, ${record.file}`;
    createRoot(page).render(<SweepReport record={record} />);
  }
}
