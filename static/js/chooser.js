// Which tracks to predict: check boxes by output, with a filter.

export class TrackChooser {
  #boxes = new Map(); #count; #list; #model;

  constructor(root, model) {
    this.#model = model;
    this.#list = root.querySelector("#outputs");
    this.#count = root.querySelector("#chosen");
    this.#list.replaceChildren(...model.outputs.map((output) => this.#group(output)));
    this.#list.addEventListener("change", (event) => this.#changed(event.target));
    root.querySelector("#filter").addEventListener("input", (event) => this.#filter(event.target.value));
    root.querySelector("#choose-default").addEventListener("click", () => this.set(this.defaults));
    root.querySelector("#choose-all").addEventListener("click", () => this.set(model.tracks.map((track) => track.key)));
    root.querySelector("#choose-none").addEventListener("click", () => this.set([]));
    this.set(this.defaults);
  }

  get defaults() { return this.#model.tracks.filter((track) => track.default).map((track) => track.key); }

  /** Keys in the model's order. */
  get keys() { return [...this.#boxes].filter(([, box]) => box.checked).map(([key]) => key); }

  set(keys) {
    const wanted = new Set(keys);
    for (const [key, box] of this.#boxes) box.checked = wanted.has(key);
    this.#say();
  }

  #group(output) {
    const group = document.createElement("div");
    const tracks = this.#model.tracks.filter((track) => track.output === output.key);
    const heading = document.createElement("h3");
    const label = document.createElement("label");
    const all = document.createElement("input");
    all.type = "checkbox";
    all.dataset.output = output.key;
    label.append(all, output.name);
    label.title = output.description;
    heading.append(label);
    group.append(heading, ...tracks.map((track) => {
      const row = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = track.key;
      row.title = track.description;
      row.dataset.words = `${track.name} ${track.key} ${track.assay} ${track.description}`.toLowerCase();
      row.append(box, track.name);
      if (track.skill?.skilful === "no") {
        row.append(Object.assign(document.createElement("small"), {
          className: "weak", textContent: "not skilful",
          title: "On chromosomes it never saw, the model is no better here than a simpler method; see Models.",
        }));
      }
      this.#boxes.set(track.key, box);
      return row;
    }));
    return group;
  }

  #changed(box) {
    if (box.dataset.output) {
      for (const track of this.#model.tracks) {
        const own = this.#boxes.get(track.key);
        if (track.output === box.dataset.output && !own.closest("label").hidden) own.checked = box.checked;
      }
    }
    this.#say();
  }

  #filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const box of this.#boxes.values()) {
      const row = box.closest("label");
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
    }
    for (const group of this.#list.children) group.hidden = !group.querySelector("label[data-words]:not([hidden])");
  }

  #say() {
    const chosen = this.keys.length;
    this.#count.textContent = `${chosen} of ${this.#boxes.size}`;
    for (const all of this.#list.querySelectorAll("[data-output]")) {
      const own = this.#model.tracks.filter((track) => track.output === all.dataset.output).map((track) => this.#boxes.get(track.key).checked);
      all.checked = own.every(Boolean);
      all.indeterminate = !all.checked && own.some(Boolean);
    }
  }
}
