// A frame of the gallery is as tall as what it shows, and at least as tall as the screen it stands
// for. Where the page is measured again, its own height may follow the window's, and settles soon.
const fit = (frame) => {
  for (let i = 0; i < 3; i++) {
    const tall = frame.contentDocument?.documentElement?.scrollHeight ?? 0
    if (tall <= frame.height) return
    frame.height = tall
  }
}

// A load does not bubble, but can be caught on its way down; htmx swaps frames in later.
document.addEventListener('load', (event) => {
  if (event.target.matches?.('.gh-screen__frame')) fit(event.target)
}, true)
document.querySelectorAll('.gh-screen__frame').forEach(fit)
