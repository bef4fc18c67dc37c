// Puts a chat button on a site: <script async src="https://DESK/chat/KEY/widget.js"></script>. Touches nothing else.
// data-identity="…" on the tag says who the site's customer is: a token that the site's server signed.

(() => {
  const own = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!own || document.getElementById("heed-chat")) return;
  const title = "Chat with us"; // in the words of this chat when it is served
  const page = own.src.replace(/\/widget\.js.*$/, "?frame=1");
  const origin = new URL(own.src).origin;
  const token = own.dataset.identity ?? "";

  /** @param {HTMLElement} node @param {Partial<CSSStyleDeclaration>} style */
  const styled = (node, style) => Object.assign(node.style, style) && node;

  const box = document.createElement("div");
  box.id = "heed-chat";
  styled(box, { position: "fixed", insetBlockEnd: "20px", insetInlineEnd: "20px", zIndex: "2147483000" });

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", title);
  styled(button, {
    width: "56px", height: "56px", borderRadius: "50%", border: "0", cursor: "pointer", padding: "0", position: "relative",
    background: "#2f5bd7", color: "#fff", boxShadow: "0 6px 20px rgb(0 0 0 / .25)", display: "block", marginInlineStart: "auto",
  });
  const space = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "26", height: "26", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linejoin": "round", "aria-hidden": "true" })) icon.setAttribute(name, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M5 5h14a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5h-7L7.5 20v-3.5H5A1.5 1.5 0 0 1 3.5 15V6.5A1.5 1.5 0 0 1 5 5z");
  icon.append(path);
  const count = styled(document.createElement("span"), {
    position: "absolute", insetBlockStart: "-4px", insetInlineEnd: "-4px", minWidth: "20px", boxSizing: "border-box", padding: "0 5px", borderRadius: "10px",
    font: "600 13px/20px system-ui, sans-serif", background: "#b3261e", color: "#fff", display: "none",
  });
  button.append(icon, count);

  /** @type {HTMLIFrameElement | null} */
  let frame = null;
  const tell = (/** @type {object} */ said) => frame?.contentWindow?.postMessage(said, origin); // to our own frame alone
  const toggle = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.src = page;
      frame.title = title;
      styled(frame, {
        display: "none", border: "0", borderRadius: "16px", width: "min(380px, calc(100vw - 40px))", marginBlockEnd: "12px",
        height: "min(620px, calc(100vh - 110px))", boxShadow: "0 12px 40px rgb(0 0 0 / .25)", background: "Canvas",
      });
      box.prepend(frame);
    }
    const open = frame.style.display === "none";
    frame.style.display = open ? "block" : "none";
    button.setAttribute("aria-expanded", String(open));
    if (open) frame.focus();
    tell({ heed: "shown", shown: open });
  };
  const close = () => frame?.style.display === "block" && (toggle(), button.focus());
  addEventListener("message", ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin) return;
    if (data?.heed === "ready") {
      tell({ heed: "shown", shown: frame.style.display === "block" });
      tell({ heed: "identity", token });
    } else if (data?.heed === "close") close();
    else if (data?.heed === "unread") {
      const unread = Math.min(Number(data.unread) || 0, 99);
      count.textContent = String(unread);
      count.style.display = unread ? "block" : "none";
      button.setAttribute("aria-label", unread ? `${title} (${unread})` : title);
    }
  });
  button.addEventListener("click", toggle);
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
  box.append(button);
  document.body.append(box);
})();
