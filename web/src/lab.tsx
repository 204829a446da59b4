import { createRoot } from "react-dom/client";
import type { LabRecord } from "./record/lab";
import "./style/fonts.css";
import "./style/page.css";
import { LabReport } from "./views/training/LabReport";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as LabRecord | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway lab train … --report PAGE.html` writes one that does.";
  } else {
    document.title = `${record.task}, ${record.net}`;
    createRoot(page).render(<LabReport record={record} />);
  }
}
