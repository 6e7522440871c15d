// Runs in the page that `benchmarks/longroom.py` measures. Times are of the page's own clock, from its navigation on.
(() => {
  const clock = { drawn: 0, delays: [], touched: [] };
  window.hearthClock = clock;
  const painted = (then) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = then;
      channel.port2.postMessage(null);
    });

  // When the newest row is painted for the first time.
  clock.await = (seq) => {
    clock.drawn = 0;
    const look = () => {
      const there = document.querySelector(`.row[data-seq="${seq}"]`)?.getBoundingClientRect();
      if (there && there.bottom <= innerHeight) painted(() => (clock.drawn ||= performance.now()));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };

  // From what a hand does to the frame that follows it.
  const note = ({ timeStamp }) => painted(() => clock.delays.push(performance.now() - timeStamp));
  for (const kind of ["keydown", "pointerdown", "wheel"])
    addEventListener(kind, note, { capture: true, passive: true });

  // Scrolls up, so many pixels a frame, until the first row is there; the most rows that were in the page at once.
  clock.toTheFirst = (pixels, patience) =>
    new Promise((done) => {
      const [talk, start] = [document.querySelector(".talk"), performance.now()];
      let most = 0;
      const step = () => {
        most = Math.max(most, talk.querySelectorAll(".row").length);
        const there = talk.scrollTop < 1 && talk.querySelector(".beginning");
        if (there || performance.now() - start > patience) {
          const seconds = (performance.now() - start) / 1000;
          // The rows at the edge are drawn in a frame after the one in which the edge came into sight.
          setTimeout(() => {
            const [first] = [...talk.querySelectorAll(".row")].map((row) => Number(row.dataset.seq)).sort((a, b) => a - b);
            done({ most, first, seconds });
          }, 200);
        } else {
          talk.scrollTop -= pixels;
          requestAnimationFrame(step);
        }
      };
      requestAnimationFrame(step);
    });

  // Which rows are drawn again from now on: their seq, once each.
  clock.watch = () => {
    const seen = new Set();
    const watch = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const row = (target.nodeType === 1 ? target : target.parentElement)?.closest(".row");
        if (row) seen.add(Number(row.dataset.seq));
      }
      clock.touched = [...seen];
    });
    watch.observe(document.querySelector(".talk"), { childList: true, characterData: true, subtree: true });
    clock.unwatch = () => watch.disconnect();
  };
})();
