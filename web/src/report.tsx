import { createRoot } from "react-dom/client";
import type { Explanation } from "./record/explanation";
import "./style/fonts.css";
import "./style/page.css";
import { Report } from "./views/Report";

const record = JSON.parse(document.getElementById("record")?.textContent ?? "null") as Explanation | null;
const page = document.getElementById("page");
if (page !== null) {
  if (record === null) {
    page.textContent = "This page carries no record; `cutaway explain PROMPT --out FOLDER` writes one that does.";
  } else {
    document.title = `${record.prompt.text} → ${record.answer.text}`;
    createRoot(page).render(<Report record={record} />);
  }
}
