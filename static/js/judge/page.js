/** The quiet pages of judging: the theme, and importing a file in pieces that the server takes. */
import { fetchDocument } from "../requests.js";
import { switchTheme } from "../theme.js";
import { cut } from "./pieces.js";

document.addEventListener("click", ({ target }) => target.closest("[data-tool=theme]") && switchTheme());

const form = document.querySelector("[data-import]");

async function importFile() {
  const says = form.querySelector("[data-import-says]");
  const [name, file] = [form.elements.name.value.trim(), form.elements.file.files[0]];
  const csv = file.name.toLowerCase().endsWith(".csv");
  const path = `/api/v1/judge/sets/${encodeURIComponent(name)}/scenarios`;
  const headers = { "Content-Type": csv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8" };
  let added = 0;
  try {
    for (const { text, line } of cut(await file.text(), csv)) {
      says.textContent = `Importing, line ${line} …`;
      const { document: told } = await fetchDocument(path, { method: "POST", body: text, headers });
      added += told.added;
    }
    location.assign(`/judge/sets/${encodeURIComponent(name)}`);
  } catch (error) {
    says.textContent = `${error.message} ${added ? `${added} scenarios before it are in.` : ""}`;
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  importFile();
});
document.documentElement.dataset.live = "true";
