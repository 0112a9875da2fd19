// Two things for JupyterLab: a card a notebook in its launcher and its command palette, and the still picture of a panel
// where a notebook is opened again and the panel's kernel is gone.
//
// Written by hand in the form in which JupyterLab loads extensions, so nothing has to be built: a script that leaves a
// container, whose `init` gets the libraries that the front end shares and whose `get` gives the extension. It does not
// lie in a folder called static, as JupyterLab tells browsers to keep what does for a year.
(() => {
  "use strict";

  const CARDS = [
    ["workbench.ipynb", "Workbench", "All panels around one task: train, prune, export"],
    ["train.ipynb", "Training", "Start, pause and stop a run, and see its curves and samples"],
    ["data.ipynb", "Data", "Look through any container: samples, labels, statistics, duplicates, broken files"],
    ["augment.ipynb", "Augmentation", "Turn a number, and see what a picture undergoes"],
    ["prune.ipynb", "Pruning", "How many weights can go, and what it costs"],
    ["onnx.ipynb", "ONNX", "Walk through a file's graph, and run it beside the network"],
    ["volume.ipynb", "Volumes", "Scans and their labels, plane by plane; needs leyden[medical]"],
  ];
  const CATEGORY = "leyden";
  const COMMAND = "leyden:open-notebook";
  const JAR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
    <g fill="none" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">
      <path class="jp-icon3" stroke="#616161" d="M9 7.5v1C9 10 6.5 10.2 6.5 12.5V20A2 2 0 0 0 8.5 22h7a2 2 0 0 0 2-2v-7.5C17.5 10.2 15 10 15 8.5v-1M8 7.5h8M12 4.5V18"/>
    </g>
    <path class="jp-icon3" fill="#616161" opacity=".45" d="M6.5 14h11v6a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2z"/>
    <circle class="jp-icon3" fill="#616161" cx="12" cy="3.2" r="1.8"/>
  </svg>`;
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const GONE = "Error displaying widget: model not found"; // what ipywidgets writes in place of a widget
  const TOLD = "As it stood when its cell was run. Run the cell to use it again.";
  const HOME = document.currentScript.src;
  let shared = {};

  // A library as the front end itself uses it: tokens are told apart by identity, so a copy would not do.
  const library = async (name) => {
    const versions = Object.values(shared[name] ?? {});
    const used = versions.find((version) => version.loaded) ?? versions[0];
    return used ? (await used.get())() : {};
  };

  const inFolder = (folder, name) => (folder === "" || folder.endsWith(":") ? folder + name : `${folder}/${name}`);

  // The path of the notebook of that name in a folder; where there is none, it is copied there first.
  const bring = async (contents, folder, name) => {
    const { content: entries } = await contents.get(folder, { type: "directory", content: true });
    const alike = entries.filter((entry) => entry.name.toLowerCase() === name); // one file to some file systems
    const there = alike.find((entry) => entry.name === name) ?? alike[0];
    if (there) return there.path;
    const answer = await fetch(new URL(`notebooks/${name}`, HOME), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${name} is missing from this installation of leyden; install leyden again`);
    const path = inFolder(folder, name);
    await contents.save(path, { type: "notebook", format: "json", content: await answer.json() });
    return path;
  };

  const launcher = async () => {
    const [{ ILauncher }, { IDefaultFileBrowser }, { ICommandPalette, showErrorMessage }, { LabIcon }] =
      await Promise.all(["launcher", "filebrowser", "apputils", "ui-components"].map((name) => library(`@jupyterlab/${name}`)));
    const tokens = [ILauncher, IDefaultFileBrowser, ICommandPalette].filter(Boolean);

    const activate = (app, ...services) => {
      const [launcher, browser, palette] = [ILauncher, IDefaultFileBrowser, ICommandPalette].map(
        (token) => services[tokens.indexOf(token)],
      );
      const card = ({ notebook }) => CARDS.find(([name]) => name === notebook) ?? ["", "Notebook of leyden", ""];
      let last = Promise.resolve(); // one after another: a second click finds what the first one copied
      const open = async ({ notebook, cwd }) => {
        const folder = cwd ?? browser?.model.path ?? "";
        try {
          if (!card({ notebook })[0]) throw new Error(`leyden has no notebook ${notebook}; it has ${CARDS.map(([name]) => name).join(", ")}`);
          const path = await bring(app.serviceManager.contents, folder, notebook);
          return await app.commands.execute("docmanager:open", { path });
        } catch (error) {
          await showErrorMessage(`leyden could not put ${notebook} into ${folder || "this folder"}`, error);
        }
      };
      app.commands.addCommand(COMMAND, {
        label: (args) => card(args)[1],
        caption: (args) => card(args)[2],
        icon: new LabIcon({ name: "leyden:jar", svgstr: JAR }),
        execute: (args) => (last = last.then(() => open(args))),
      });
      CARDS.forEach(([notebook], rank) => {
        launcher?.add({ command: COMMAND, args: { notebook }, category: CATEGORY, rank });
        palette?.addItem({ command: COMMAND, args: { notebook }, category: CATEGORY, rank });
      });
    };
    return { id: "leyden:launcher", description: "Opens the notebooks of leyden.", autoStart: true, optional: tokens, activate };
  };

  // Puts the still of a panel that is gone in its place: the same output holds it as HTML.
  const restore = async (area, place, rendermime) => {
    const output = area.model.get(place);
    if (!output?.data[VIEW] || !String(output.data["text/html"]).includes('class="leyden-picture"')) return;
    const lost = area.widgets[place].widgets.find((part) => part.node.textContent === GONE);
    if (!lost) return;
    const still = rendermime.createRenderer("text/html");
    const told = document.createElement("p");
    told.textContent = TOLD;
    lost.node.replaceChildren();
    lost.removeClass("jupyter-widgets");
    await still.renderModel(output);
    still.node.prepend(told);
    lost.addWidget(still);
  };

  const stills = async () => {
    const { INotebookTracker } = await library("@jupyterlab/notebook");
    const watch = ({ content: notebook }) => {
      const look = () => {
        asked = null;
        if (!notebook.node.textContent.includes(GONE)) return;
        for (const { outputArea: area } of notebook.widgets) {
          area?.widgets.forEach((_, place) => restore(area, place, notebook.rendermime));
        }
      };
      let asked = null;
      const watcher = new MutationObserver(() => (asked ??= requestAnimationFrame(look)));
      watcher.observe(notebook.node, { childList: true, subtree: true });
      notebook.disposed.connect(() => watcher.disconnect());
    };
    return {
      id: "leyden:stills",
      description: "Shows the still picture of a panel whose kernel is gone.",
      autoStart: true,
      optional: [INotebookTracker].filter(Boolean),
      activate: (app, tracker) => void tracker?.widgetAdded.connect((_, page) => watch(page)),
    };
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.leyden = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const extension = { __esModule: true, default: await Promise.all([launcher(), stills()]) };
      return () => extension;
    },
  };
})();
