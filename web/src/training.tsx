import { createRoot } from "react-dom/client";
import type { TrainingRecord } from "./record/training";
import "./style/fonts.css";
import "./style/page.css";
import { TrainingReport } from "./views/training/TrainingReport";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as TrainingRecord | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway train dictionary … --report PAGE.html` writes one that does.";
  } else {
    document.title = `${record.coder}, ${record.width} latents, ${record.inputs.join(" + ")}`;
    createRoot(page).render(<TrainingReport record={record} />);
  }
}
