/** Makes elements. Whatever comes from outside becomes text, and never markup. */

const SVG = "http://www.w3.org/2000/svg";

function dressed(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [kind, heard] of Object.entries(value)) node.addEventListener(kind, heard);
    } else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return node;
}

/** Return an HTML element; `on` holds what is to be done when something happens to it. */
export function make(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/** Return an SVG element. */
export function shape(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

/** Put children into a node in place of what it held. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
}

/** Return a button of a thumb's size. */
export function button(label, done, attributes = {}) {
  return make("button", { type: "button", on: { click: done }, ...attributes }, label);
}

let numbers = 0;

/** Return a labelled field: the label, what is typed into, and a hint. */
export function field(label, input, hint = null) {
  const id = `field-${(numbers += 1)}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return make("div", { class: "field" },
    make("label", { for: id }, label), input, hint && make("p", { class: "hint", id: `${id}-hint` }, hint));
}

/** Return a list to choose from. */
export function choice(options, value, done) {
  return make("select", { on: { change: (event) => done(event.target.value) } },
    options.map(([key, label]) => make("option", { value: key, selected: key === value }, label)));
}

/** Say a result aloud to whoever cannot see it, and show it to whoever can. */
export function announce(text) {
  const told = document.getElementById("told");
  fill(told, text);
  told.classList.add("seen");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => told.classList.remove("seen"), 6000);
}
