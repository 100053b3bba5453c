/** Waits until the page has an element. */
export function whenThere(selector) {
  return new Promise((resolve) => {
    const observer = new MutationObserver(look);
    function look() {
      if (document.querySelector(selector)) {
        observer.disconnect();
        resolve();
      }
    }
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    look();
  });
}
