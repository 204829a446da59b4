import { createRoot } from "react-dom/client";
import type { CodesRecord } from "./record/codes";
import "./style/fonts.css";
import "./style/page.css";
import { CodesReport } from "./views/codes/CodesReport";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as CodesRecord | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway codes … --report PAGE.html` writes one that does.";
  } else {
    document.title = `sign codes of ${record.found.layer}`;
    createRoot(page).render(<CodesReport record={record} />);
  }
}
