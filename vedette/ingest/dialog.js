// The report dialog of SDKs (`Sentry.showReportDialog`): a form over the page, sent back to the
// address that the script came from. It reads what it is about from that address.
(() => {
  const script = document.currentScript;
  const source = script && "src" in script ? new URL(script.src) : null;
  if (!source) return;
  const given = source.searchParams;
  const words = (name, otherwise) => given.get(name) || otherwise;
  const make = (tag, values, ...children) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  };
  const field = (tag, name, label, value) => {
    const input = make(tag, { name, value: value || "", required: name === "comments" });
    if (tag === "input") input.type = name === "email" ? "email" : "text";
    Object.assign(input.style, { width: "100%", boxSizing: "border-box", font: "inherit", padding: "8px", marginTop: "4px" });
    const held = make("label", {}, label, input);
    Object.assign(held.style, { display: "block", marginTop: "16px" });
    return held;
  };
  const dialog = make("dialog", {});
  Object.assign(dialog.style, { maxWidth: "480px", width: "90%", padding: "24px", border: "1px solid #8884", borderRadius: "8px", font: "15px/1.4 system-ui, sans-serif" });
  const note = make("p", { role: "status" });
  const form = make("form", { method: "post" },
    make("h2", { textContent: words("title", "It looks like something went wrong.") }),
    make("p", { textContent: [words("subtitle", "Our team has been told."), words("subtitle2", "If you would like to help, tell us what happened.")].join(" ") }),
    field("input", "name", words("labelName", "Name"), given.get("name")),
    field("input", "email", words("labelEmail", "E-mail"), given.get("email")),
    field("textarea", "comments", words("labelComments", "What happened?")),
    note,
    make("button", { textContent: words("labelSubmit", "Send") }), " ",
    make("button", { type: "button", textContent: words("labelClose", "Close"), onclick: () => dialog.close() }),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(source.href, { method: "POST", body });
      if (!answer.ok) throw new Error(String(answer.status));
      form.replaceChildren(make("p", { textContent: words("successMessage", "Your feedback has been sent. Thank you.") }),
        make("button", { type: "button", textContent: words("labelClose", "Close"), onclick: () => dialog.close() }));
    } catch {
      note.textContent = words("errorGeneric", "This could not be sent. Please try again.");
    }
  });
  dialog.append(form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    window.postMessage("__sentry_reportdialog_closed__", location.origin);
  });
  document.body.append(dialog);
  dialog.showModal();
})();
