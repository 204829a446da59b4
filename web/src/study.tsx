import { createRoot } from "react-dom/client";
import type { StudyResult } from "./record/study";
import "./style/fonts.css";
import "./style/page.css";
import { StudyReport } from "./views/study/StudyReport";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as StudyResult | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway study run ID --out FOLDER` writes one that does.";
  } else {
    document.title = record.card.title;
    createRoot(page).render(<StudyReport record={record} />);
  }
}
