import { createRoot } from "react-dom/client";
import "./style/fonts.css";
import "./style/page.css";
import "./style/workbench.css";
import { keepToken } from "./workbench/client";
import { Workbench } from "./workbench/Workbench";

keepToken();
const page = document.getElementById("page");
if (page !== null) createRoot(page).render(<Workbench />);
