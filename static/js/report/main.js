/** Draws the report's charts and folds the tables behind them. */
import { switchTheme } from "../theme.js";
import { Chart } from "./chart.js";

for (const details of document.querySelectorAll("details.behind")) details.open = false;
customElements.define("nq-chart", Chart);
document.querySelector("[data-tool=theme]").addEventListener("click", switchTheme);
document.querySelector(".report").dataset.live = "true";
