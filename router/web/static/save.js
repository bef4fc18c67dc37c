// Saves what stands in a text field as a file, without asking the server again: what is shown once is not kept there.

for (const button of document.querySelectorAll("[data-save]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.save ?? "");
    if (!(field instanceof HTMLTextAreaElement)) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", field.value], { type: "text/csv" }));
    link.download = button.dataset.name ?? "file.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
