(async () => {
  "use strict";

  // %%SHARED%%

  const places = document.querySelectorAll(".jw-lesson-widget[data-widget]");
  const packed = document.getElementById("jw-lesson-saved");
  if (!packed || places.length === 0) return;

  function say(place, error) {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = `Only this picture works in this browser: ${error?.message ?? error}`;
    place.append(said);
  }

  let saved, code, widget;
  try {
    saved = await opened(packed.textContent);
    code = await (globalThis.jacobianCode?.() ?? opened(document.getElementById("jw-lesson-code").textContent));
    widget = await widgetOf(code._esm);
  } catch (error) {
    for (const place of places) say(place, error);
    return;
  }
  for (const place of places) {
    try {
      const model = standIn({ ...saved.widgets[place.dataset.widget], ...code });
      const el = document.createElement("div");
      // In the page before it is drawn, as in a notebook: it measures itself, and styles come to where it is.
      place.prepend(el);
      await widget.initialize?.({ model });
      await widget.render({ model, el });
      place.replaceChildren(el);
    } catch (error) {
      say(place, error);
    }
  }
})();
