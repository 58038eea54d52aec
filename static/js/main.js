/** Defines the elements and joins their events to one state. What happens lives in the modules it names. */
import { Announcer } from "./announcer.js";
import { Answering } from "./answering.js";
import { Beams } from "./beams.js";
import { Clocks } from "./clocks.js";
import { Combobox } from "./combobox.js";
import { Indexes } from "./indexes.js";
import { keepMoment } from "./keep.js";
import { Lanes } from "./lanes.js";
import { Looking } from "./looking.js";
import { Panel } from "./panel.js";
import { savePicture } from "./picture.js";
import { Presenter } from "./presenter.js";
import { contextParameters } from "./requests.js";
import { Session } from "./session.js";
import { Stage } from "./stage.js";
import { Address, readState } from "./state.js";
import { switchTheme } from "./theme.js";
import { copyLink, keepFocusIn, offerTools } from "./tools.js";
import { Trail } from "./trail.js";
import { Where } from "./where.js";
import { Why } from "./why.js";

const ELEMENTS = { combobox: Combobox, trail: Trail, clocks: Clocks, panel: Panel, indexes: Indexes, beams: Beams, lanes: Lanes, where: Where, why: Why, presenter: Presenter };
for (const [name, type] of Object.entries(ELEMENTS)) customElements.define(`nq-${name}`, type);

const find = (selector) => document.querySelector(selector), page = find(".workspace"), [address, stage] = [new Address(), new Stage(find("[data-caption]"))];
const [combobox, list, note, presenter] = ["nq-combobox", "#suggestions", "[data-note]", "nq-presenter"].map(find);
const session = new Session(find("nq-trail"), page.dataset.inStep === "true", ({ message }) => (answering.tell(message)));
const answering = new Answering({ combobox, list, note, template: find("#row"), announcer: new Announcer(find("[data-announcement]")), clocks: find("nq-clocks") });
const views = Object.fromEntries(["indexes", "beams", "lanes", "where"].map((name) => [name, find(`nq-${name}`)]));
const looking = new Looking(views, JSON.parse(page.dataset.indexes));
const state = { model: page.dataset.model };

/** Show a changed state; `at` is when the key was pressed that changed it. */
async function show(change, at) {
  Object.assign(state, change);
  address.replace(state);
  find("nq-panel").open(state);
  const asks = "prefix" in change || "previous" in change;
  if (!asks || (await answering.answer({ ...state }, at))) await looking.look({ ...state });
}

function changeSession(previous) {
  presenter?.stop();
  combobox.reset();
  address.push({ ...state, previous, prefix: "", why: "" });
  return show({ previous, prefix: "", why: "" });
}

/** Go to the state of a link: its own context, or the session's; `prefix` may begin elsewhere. */
async function visit(url, prefix = null) {
  const wanted = readState(url);
  session.show(wanted.previous ?? session.queries);
  combobox.reset(prefix ?? wanted.prefix);
  await show({ ...wanted, model: state.model, previous: session.queries, prefix: combobox.text, ...(prefix === null ? {} : { why: "" }) });
  if (state.why) explain({ text: state.why });
}

function explain({ text, index, near }) {
  const row = near ?? [...list.children].find((option) => option.dataset.text === text) ?? find("[role=combobox]");
  const { prefix, model, previous } = state;
  return find("nq-why").explain({ prefix, label: text, index, model, ...contextParameters(previous) }, row);
}

let moment = "";
const heard = {
  typed: ({ text, at }) => show({ prefix: text, why: "" }, at),
  restored: ({ text }) => show({ prefix: text }),
  cleared: () => show({ prefix: "" }),
  submitted: ({ text }) => changeSession(session.add(text)),
  back: ({ position }) => changeSession(session.goBack(position)),
  forget: ({ position }) => changeSession(session.forget(position)),
  fresh: () => changeSession(session.begin()),
  view: ({ panel }) => show({ panel }),
  question: (asked) => show(asked),
  "asked-why": explain,
  explained: ({ label }) => address.replace(Object.assign(state, { why: label })),
  folded: () => address.replace(Object.assign(state, { why: "" })),
  moment: (told) => (stage.announce(told), visit((moment = told.url), "")),
  strike: ({ text }) => combobox.type(text),
  "moment-end": () => (history.pushState(null, "", moment), readState(moment).why && explain({ text: readState(moment).why })),
};
for (const [name, act] of Object.entries(heard)) document.addEventListener(name, ({ detail }) => act(detail));

offerTools({
  theme: switchTheme,
  link: async (button) => (button.textContent = await copyLink()),
  picture: () => savePicture(state.panel === "lanes" ? views.lanes : views.indexes, [...state.previous, `“${state.prefix}”`].join(" → "), "nextquery"),
  keep: () => keepMoment(state, combobox.active, find("[data-tool=keep]"), (sentence) => answering.announcer.say(sentence)),
  present: () => stage.toggle(),
  next: () => presenter?.next(), autopilot: () => presenter?.autopilot(),
  help: () => find("#help").showModal(),
  why: () => list.children.length && explain({ text: combobox.active ?? list.firstElementChild.dataset.text }),
});
keepFocusIn(find("[role=combobox]"));
for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, ({ isTrusted }) => isTrusted && presenter?.stop(), { capture: true });
window.addEventListener("popstate", () => visit(location.href));
session.start(JSON.parse(page.dataset.previous));
visit(location.href).then(() => (page.dataset.live = "true"));
